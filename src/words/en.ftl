# English: the sentences of modelpin's replies.
#
# Names such as { $model } stand for words that are put in; they may be left out, and may come in any order.
# In front of a comma or a blank at the beginning of a part, write {""}: Fluent drops leading blanks.
# Models, profiles, commands, codes and file names are never translated.

## Reach, names, times

scope-session = this chat
scope-agent = this agent
scope-global = all agents

model-with-alias = { $alias } ({ $model })
profile-only = { $profile }, only this one
profile-first = { $profile } first, others may follow
profile-unseen = one that you may not see

# Parts that stand behind something: "Pinned for this chat" + ", until 14:05 UTC (in 2h)".
end-at = , until { $moment }
end-once = , for the next request only

# Lengths: 4m, 1h 30m.
length-seconds = { $count }s
length-minutes = { $count }m
length-hours = { $count }h
length-days = { $count }d
length-two = { $large } { $small }

moment = { $time } UTC (in { $length })
moment-in = in { $length }

list-or = { $some } or { $last }
list-comma = ,{" "}
in-brackets = { $what } ({ $note })

# The end of a message that another message goes on.
more-follows = (more follows)

## What is used now

model-none = Model: none is configured
model-selected = Model: { $model }, { $origin }{ $ends }
profile-automatic = Profile: automatic{ $was }
profile-selected = Profile: { $profile }, { $origin }{ $ends }
origin-pin = pinned to { $scope }
origin-parent = pinned to the chat of this thread
origin-default = the default

## /model status

default-line = Default: { $model }
agent-line = Agent: { $agent }
credentials-line = Credentials: { $file }
endpoint = { $provider } · { $address } · { $api }
endpoint-none = { $provider } · no endpoint is known
no-credential = no credential

kind-api-key = API key
kind-token = token
kind-oauth = sign-in
kind-unknown = unknown kind

mark-next = next
mark-pinned = pinned
mark-last-good = last good
expires-in = expires in { $length }

state-ok = ok
state-cooling = cooling down
state-cooling-for = cooling down { $length }
state-disabled = disabled
state-disabled-for = disabled { $length }
state-disabled-billing = disabled: billing
state-disabled-billing-for = disabled: billing { $length }
state-disabled-refused = disabled: credential refused
state-disabled-refused-for = disabled: credential refused { $length }
state-expired = expired
state-missing = missing
state-not-in-order = not in the order
state-not-allowed = not allowed for you
state-fenced = would cost
state-other = { $reason }

## /model why

candidates = Candidates, in the order of { $basis }:
candidates-none = none
left-out = Left out:
candidate = { $profile }: { $reason }{ $when }{ $pinned }
candidate-of = { $profile } ({ $source }): { $reason }{ $when }{ $pinned }
usable-now = , usable now
usable-at = , usable at { $moment }
usable-when-repaired = , until somebody repairs it
also-pinned = , pinned

basis-stored-order = the order in auth-profiles.json
basis-stored-profiles = the stored profiles

## What changed

changed-automatic = Profiles are chosen automatically for { $scope }{ $ends }.
changed-pinned = Pinned for { $scope }{ $ends }.
changed-pinned-elsewhere = Pinned for { $scope }{ $ends }: { $choice }.
changed-cleared = The pin of { $scope } is cleared.
changed-on-its-own = This thread goes its own way now: what its chat has pinned does not hold here.
changed-undone = The last change for { $scope } is taken back.
changed-nothing = Nothing was pinned for { $scope }; nothing changed.
changed-hidden = Here the pin of { $scope } goes first:
choice-with = { $model } with { $profile }
choice-automatic = automatic choice of the profile
model-now = Model: { $model }{ $mode }{ $before }{ $ends }
no-other-model = , and no other
was = , was { $name }
as-before = , as before
profile-now = Profile: { $profile }{ $kept }{ $was }{ $ends }
pays-for-everybody = { $profile } pays here for whoever writes
pays-for-listed = { $profile } pays here for those whom its list names, and for nobody else
profile-parked = Profile: automatic; { $profile } waits until its provider comes back

## What happens at the next message

next = Next message: { $what }
next-refused = Next message: refused, { $why }
next-steps-in = Next message: { $model } steps in, { $how }
not-as-asked = Not as asked: { $why }.
served-by = served by { $profile }
served-unseen = served by a profile that you may not see
tried-on = tried on { $profile }
tried-on-more = It was resting; if it fails again, it rests on.
other-serves-more = The pinned profile cannot serve now ({ $state }).
pinned-cannot = the pinned profile cannot serve ({ $state })
pinned-not-yours = the profile that is pinned here is not for you
others-serve = { $command } lets others serve.
no-credential-here = there is no credential for this provider
all-rest = all profiles rest, the first until { $moment }
all-disabled = all profiles are disabled
to-go-on = To go on, { $remedy }.
next-unknown = cannot be told, the credentials cannot be read

## The picker

picker-ambiguous = { $name } is served by several providers; nothing changed. Which one?
picker-stale-number = No list shown here still has a number { $number }; nothing changed. Pick from this one:
picker-stale-button = That button does not hold here and now, or is not yours; nothing changed. Pick from this list:
picker-empty = There is no model here that you can use.
picker-no-profile = There is no profile for it that you can use.
picker-now = now
picker-pinned = pinned
picker-choice = { $alias } — { $model }
picker-profiles = profiles: { $profiles }
picker-rests = rests { $length }
picker-disabled = disabled
picker-costs = costs
picker-no-credential = no credential
picker-no-endpoint = no endpoint
picker-pick = Pick one: { $command }
picker-pick-with = Pick one: { $command }, or with a profile: { $example }
picker-page-next = Page { $page } of { $pages }. The next: { $command }
picker-page-first = Page { $page } of { $pages }. The first: { $command }
picker-profile-page = Page { $page } of { $pages } of its profiles.
picker-models =
    { $count ->
        [one] { $count } model
       *[other] { $count } models
    }
picker-models-page = { $models }, page { $page } of { $pages }
picker-of = { $what }: { $count }

## Words on buttons, as short as they can be

button-previous = Previous
button-next = Next
button-back = Back
button-all = All models
button-default = Back to the default
button-automatic = Automatic profile
button-profiles =
    { $count ->
        [one] { $count } profile
       *[other] { $count } profiles
    }
button-provider = { $provider } ({ $count })
button-not-yours = That button does not hold here and now, or is not yours; nothing changed. /model shows you a list of your own.
choose-model = Choose a model
choose-profile = Choose a profile
choose-provider = Choose a provider

# What a platform says of a command in its list of commands.
command-model = choose the model and the credential of this chat
command-models = list the models to choose from
command-alias = use the model { $name }

## Commands that were not carried out

not-sent = The text after the command was not sent to a model.
nothing-changed = Nothing changed. { $remedy }
did-you-mean = Did you mean { $names }?
shows-those = { $command } shows those that there are.
refused-unknown-model = No model is called { $name }.
refused-model-not-allowed = { $model } is not allowed here: it is not in { $rule }.
refused-model-not-allowed-remedy = Whoever runs this bot can add it there.
refused-unknown-profile = { $provider } has no profile called { $name }.
refused-several-profiles = { $name } is the name of several profiles.
refused-several-profiles-remedy = Write one of them in full: { $profiles }.
refused-several-profiles-more = Write one of them in full: { $profiles } ({ $more } more in { $command }).
refused-other-provider = { $profile } belongs to { $provider }, and { $model } is a model of { $other }.
refused-other-provider-remedy = To use it, name a model of { $provider } with it.
refused-not-permitted = You may not change what holds for { $scope }.
refused-not-permitted-remedy = That needs the admin right (commands.admins).
refused-no-commands = You may not use commands here.
refused-unknown-provider = There is no provider called { $name }.
refused-unknown-provider-remedy = { $command } shows all models.
refused-no-such-page = There is no page { $page }: the list has { $pages }.
refused-no-such-page-remedy = { $command } shows the last one.
refused-nothing-to-undo = There is no change to take back for { $scope }.
refused-no-model = No model is configured, and none was named.
refused-no-model-remedy = Name one: { $command }.
refused-not-kept = That could not be kept: { $cause }.
refused-not-kept-remedy = Nothing is pinned by it, and nothing changed. Try again in a moment.
refused-broken = The credentials cannot be read: { $cause }.
refused-broken-remedy = Nothing was changed. Whoever runs this bot has to repair that file.

## The last request, in /model why

last-request = Last request: asked { $asked }{ $tried }, { $ended }
last-no-model = no model, for none is configured
last-tried = , tried { $what } ({ $why })
last-for = { $profile } for { $model }
last-until = { $why }, until { $time }
last-served-with = served by { $profile } with { $model }
last-refused = refused: { $why }
last-unknown = nobody reported what became of it
cause-claude-code-only = this subscription token cannot be used here, add an Anthropic API key

## Why a request would get no credential, and what can be done about it

unserved-no-model = no model is configured
remedy-no-model = name one: /model provider/model, or set agents.defaults.model
unserved-model-gone = model { $model } is not in the catalogue any more
remedy-model-gone = pick another: /model list, or go back: /model default
unserved-not-allowed = model { $model } is not allowed: { $rule } does not list it
remedy-not-allowed = add it to { $rule }, or pick another: /model list
unserved-no-key = no API key found for provider { $provider } (agent { $agent }, store { $store })
unserved-none-usable = no usable auth profile for provider { $provider } ({ $reasons })
remedy-no-key = add one: modelpin models auth paste-token --provider { $provider }
unserved-pinned-unusable = no credentials found for profile { $profile }: { $reason }
remedy-not-in-order = the configured order leaves it out; let others serve: /model @auto
unserved-needs-sign-in = the sign-in of profile { $profile } has ended, and cannot be renewed yet
remedy-sign-in = sign it in again, pick another: /model status, or let others serve: /model @auto
unserved-fenced = requests on { $to } would cost
unserved-fenced-from = { $from } cannot serve now, and requests on { $to } would cost
remedy-fenced = to pay for it, say so: /model @{ $to }; or set auth.fence to "allow"
unserved-credential = the credential of profile { $profile } cannot be had: { $cause }
remedy-credential = repair it, or let others serve: /model @auto
unserved-no-endpoint = no endpoint is known for provider { $provider }
remedy-no-endpoint = set models.providers.{ $provider }.baseUrl and .api
# In a chat of several people.
unserved-in-company = no credential can serve it now
remedy-in-company = ask /model why: the answer is for you alone

## A command line that is wrong; each is one line of at most 120 characters

fault-unexpected = `{ $it }` is one word too many
fault-prompt-help = a prompt goes on the next line, or behind ` -- `
fault-unknown-option = `{ $it }` is not an option
fault-unknown-option-help = a name that begins with `-` goes in quotes; a prompt behind ` -- `
fault-takes-no-value = `{ $it }` takes no value
fault-did-you-mean = did you mean `{ $it }`?
fault-missing-value = `{ $it }` needs a value behind it
fault-example = for example `{ $example }`
fault-bad-duration = `{ $it }` is not a duration from 1 minute to 30 days
fault-bad-duration-help = write it like `90m`, `1h30m` or `2d`: days, hours, minutes, in this order
fault-bad-page = `{ $it }` is not a page
fault-bad-page-help = pages are numbers from 1 to 9999, behind the provider
fault-conflicting = `{ $it }` gives the { $what } a second time
fault-conflicting-help = keep one of the two
noun-scope = scope
noun-lifetime = lifetime
noun-mode = mode
noun-profile = profile
fault-missing-profile = there is no profile behind `{ $it }`
fault-missing-profile-help = name one, like `@work`, or `@auto` for automatic choice
fault-missing-model = there is no model between the quotes
fault-missing-model-help = `/model list` shows the models
fault-open-quote = this quote is not closed
fault-open-quote-help = close it on the same line; a quote in quotes is written `\"`
fault-bad-escape = `{ $it }` is not an escape
fault-bad-escape-help = there are \" \\ \/ \b \f \n \r \t and \u with four hex digits
fault-needs-choice = `{ $it }` needs a model, a number or a profile to apply to
fault-needs-choice-help = name one, as in `/model opus --for 2h`
fault-not-taken = `{ $verb }` does not take `{ $it }`
fault-not-taken-help = leave it out; a model of that name goes in quotes: "{ $verb }"
fault-too-long = this is { $bytes } bytes long; { $limit } is the limit
fault-line-too-long = the command line is { $bytes } bytes long; { $limit } is the limit
fault-more =
    { $count ->
        [one] … and { $count } more fault
       *[other] … and { $count } more faults
    }

# The whole help of a chat, `help`, is in grammar/reference.md in English. A language gives it here, at most 25 lines of
# at most 78 columns, with the same commands in it.
