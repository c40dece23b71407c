# 简体中文。
#
# Terms: agent = 智能体 · alias = 别名 · API key = API 密钥 · automatic = 自动 · button = 按钮 · catalogue = 目录 ·
# chat = 聊天 · cooling down, rests = 冷却 · credential = 凭据 · default = 默认 · disabled = 停用 · endpoint = 端点 ·
# model = 模型 · pin = 固定 · profile = 账号 · prompt = 提示词 · provider = 提供商 · request = 请求 · scope = 范围 ·
# sign-in = 登录 · thread = 话题 · token = 令牌. The reader is 您. Commands, codes, keys and file names stay.
# A profile is not 配置文件: that would be read as the configuration. Punctuation is full-width; a blank stands between
# Chinese and Latin words, also beside names that are put in, but none beside { $scope }, which is Chinese.

## Reach, names, times

scope-session = 此聊天
scope-agent = 此智能体
scope-global = 所有智能体

model-with-alias = { $alias }（{ $model }）
profile-only = { $profile }（仅此账号）
profile-first = { $profile }（优先，也可用其他账号）
profile-unseen = 您无权查看的账号

end-at = ，有效至 { $moment }
end-once = ，仅用于下一次请求

length-seconds = { $count } 秒
length-minutes = { $count } 分钟
length-hours = { $count } 小时
length-days = { $count } 天
length-two = { $large } { $small }

moment = { $time } UTC（{ $length }后）
moment-in = { $length }后

list-or = { $some } 或 { $last }
list-comma = 、
in-brackets = { $what }（{ $note }）

more-follows = （未完待续）

## What is used now

model-none = 模型：未配置
model-selected = 模型：{ $model }，{ $origin }{ $ends }
profile-automatic = 账号：自动选择{ $was }
profile-selected = 账号：{ $profile }，{ $origin }{ $ends }
origin-pin = 固定到{ $scope }
origin-parent = 固定到此话题所属的聊天
origin-default = 默认

## /model status

default-line = 默认：{ $model }
agent-line = 智能体：{ $agent }
credentials-line = 凭据：{ $file }
endpoint = { $provider } · { $address } · { $api }
endpoint-none = { $provider } · 端点未知
no-credential = 没有凭据

kind-api-key = API 密钥
kind-token = 令牌
kind-oauth = 登录
kind-unknown = 未知类型

mark-next = 下一个
mark-pinned = 已固定
mark-last-good = 上次可用
expires-in = { $length }后过期

state-ok = 正常
state-cooling = 冷却中
state-cooling-for = 冷却中，还剩 { $length }
state-disabled = 已停用
state-disabled-for = 已停用，还剩 { $length }
state-disabled-billing = 因账单问题停用
state-disabled-billing-for = 因账单问题停用，还剩 { $length }
state-disabled-refused = 因凭据被拒停用
state-disabled-refused-for = 因凭据被拒停用，还剩 { $length }
state-expired = 已过期
state-missing = 不存在
state-not-in-order = 不在顺序中
state-not-allowed = 您无权使用
state-fenced = 会产生费用
state-other = { $reason }

## /model why

candidates = 候选账号（顺序依据：{ $basis }）：
candidates-none = 无
left-out = 未列入：
candidate = { $profile }：{ $reason }{ $when }{ $pinned }
candidate-of = { $profile }（{ $source }）：{ $reason }{ $when }{ $pinned }
usable-now = ，现在可用
usable-at = ，{ $moment }可用
usable-when-repaired = ，修复后才可用
also-pinned = ，已固定

basis-stored-order = auth-profiles.json 中的顺序
basis-stored-profiles = 已保存的账号

## What changed

changed-automatic = { $scope }改为自动选择账号{ $ends }。
changed-pinned = 已固定到{ $scope }{ $ends }。
changed-pinned-elsewhere = 已固定到{ $scope }{ $ends }：{ $choice }。
changed-cleared = 已取消{ $scope }的固定。
changed-on-its-own = 此话题现在单独选择：所属聊天的固定在这里不生效。
changed-undone = 已撤销{ $scope }的上一次更改。
changed-nothing = { $scope }没有固定任何内容；未作更改。
changed-hidden = 在这里，{ $scope }的固定优先：
choice-with = { $model }，搭配 { $profile }
choice-automatic = 自动选择账号
model-now = 模型：{ $model }{ $mode }{ $before }{ $ends }
no-other-model = ，不用其他模型
was = ，原为 { $name }
as-before = ，与之前相同
profile-now = 账号：{ $profile }{ $kept }{ $was }{ $ends }
pays-for-everybody = 在这里，无论谁发消息，费用都由 { $profile } 承担
pays-for-listed = 在这里，{ $profile } 只为其名单上的人承担费用，不为其他人承担
profile-parked = 账号：自动选择；{ $profile } 暂不使用，切回其提供商后恢复

## What happens at the next message

next = 下一条消息：{ $what }
next-refused = 下一条消息将被拒绝：{ $why }
next-steps-in = 下一条消息：改用 { $model }，{ $how }
not-as-asked = 未按要求处理：{ $why }。
served-by = 使用 { $profile }
served-unseen = 使用一个您无权查看的账号
tried-on = 尝试 { $profile }
tried-on-more = 该账号此前在冷却；如果再次失败，将继续冷却。
other-serves-more = 固定的账号目前无法使用（{ $state }）。
pinned-cannot = 固定的账号无法使用（{ $state }）
pinned-not-yours = 您无权使用此处固定的账号
others-serve = 输入 { $command } 可改用其他账号。
no-credential-here = 此提供商没有凭据
all-rest = 所有账号都在冷却，最早恢复时间为 { $moment }
all-disabled = 所有账号都已停用
to-go-on = 如需继续，请{ $remedy }。
next-unknown = 无法确定，因为凭据无法读取

## The picker

picker-ambiguous = 有多个提供商提供 { $name }；未作更改。请选择一个：
picker-stale-number = 此处显示过的列表中已没有编号 { $number }；未作更改。请从下面的列表中选择：
picker-stale-button = 该按钮在此处无效，或不供您使用；未作更改。请从下面的列表中选择：
picker-empty = 这里没有您可以使用的模型。
picker-no-profile = 该模型没有您可以使用的账号。
picker-now = 当前
picker-pinned = 已固定
picker-choice = { $alias } — { $model }
picker-profiles = 账号：{ $profiles }
picker-rests = 冷却中，还剩 { $length }
picker-disabled = 已停用
picker-costs = 会产生费用
picker-no-credential = 没有凭据
picker-no-endpoint = 没有端点
picker-pick = 选择方法：{ $command }
picker-pick-with = 选择方法：{ $command }，或指定账号：{ $example }
picker-page-next = 第 { $page } 页，共 { $pages } 页。下一页：{ $command }
picker-page-first = 第 { $page } 页，共 { $pages } 页。第一页：{ $command }
picker-profile-page = 账号第 { $page } 页，共 { $pages } 页。
picker-models = { $count } 个模型
picker-models-page = { $models }，第 { $page } 页，共 { $pages } 页
picker-of = { $what }：{ $count }

## Words on buttons, as short as they can be

button-previous = 上一页
button-next = 下一页
button-back = 返回
button-all = 所有模型
button-default = 恢复默认
button-automatic = 自动选择账号
button-profiles = { $count } 个账号
button-provider = { $provider }（{ $count }）
button-not-yours = 该按钮在此处无效，或不供您使用；未作更改。发送 /model 可查看您自己的列表。
choose-model = 选择模型
choose-profile = 选择账号
choose-provider = 选择提供商

# What a platform says of a command in its list of commands.
command-model = 选择此聊天使用的模型和凭据
command-models = 列出可选的模型
command-alias = 使用模型 { $name }

## Commands that were not carried out

not-sent = 命令后面的文字没有发送给模型。
nothing-changed = 未作更改。{ $remedy }
did-you-mean = 您是指 { $names } 吗？
shows-those = 输入 { $command } 可查看现有的选项。
refused-unknown-model = 没有名为 { $name } 的模型。
refused-model-not-allowed = 这里不允许使用 { $model }：它不在 { $rule } 中。
refused-model-not-allowed-remedy = 机器人的管理者可以把它加进去。
refused-unknown-profile = { $provider } 没有名为 { $name } 的账号。
refused-several-profiles = 有多个名为 { $name } 的账号。
refused-several-profiles-remedy = 请写出其中一个的全名：{ $profiles }。
refused-several-profiles-more = 请写出其中一个的全名：{ $profiles }（另有 { $more } 个，见 { $command }）。
refused-other-provider = { $profile } 属于 { $provider }，而 { $other } 才提供 { $model }。
refused-other-provider-remedy = 要使用该账号，请同时指定一个 { $provider } 的模型。
refused-not-permitted = 您无权更改{ $scope }的设置。
refused-not-permitted-remedy = 这需要管理员权限（commands.admins）。
refused-no-commands = 您无权在这里使用命令。
refused-unknown-provider = 没有名为 { $name } 的提供商。
refused-unknown-provider-remedy = 输入 { $command } 可查看所有模型。
refused-no-such-page = 没有第 { $page } 页：列表共 { $pages } 页。
refused-no-such-page-remedy = 输入 { $command } 可查看最后一页。
refused-nothing-to-undo = { $scope }没有可撤销的更改。
refused-no-model = 未配置模型，您也没有指定模型。
refused-no-model-remedy = 请指定一个：{ $command }。
refused-not-kept = 无法保存：{ $cause }。
refused-not-kept-remedy = 没有固定任何内容，也未作更改。请稍后再试。
refused-broken = 无法读取凭据：{ $cause }。
refused-broken-remedy = 未作更改。需要由机器人的管理者修复该文件。

## The last request, in /model why

last-request = 上次请求：{ $asked }{ $tried }，{ $ended }
last-no-model = 未配置模型
last-tried = ，尝试 { $what }（{ $why }）
last-for = { $profile }（模型 { $model }）
last-until = { $why }，直到 { $time }
last-served-with = 最终使用 { $profile } 和 { $model }
last-refused = 被拒绝：{ $why }
last-unknown = 没有收到结果
cause-claude-code-only = 此订阅令牌不能在这里使用，请添加 Anthropic API 密钥

## Why a request would get no credential, and what can be done about it

unserved-no-model = 未配置模型
remedy-no-model = 指定一个模型（/model provider/model），或设置 agents.defaults.model
unserved-model-gone = 模型 { $model } 已不在目录中
remedy-model-gone = 另选一个（/model list），或恢复默认（/model default）
unserved-not-allowed = 不允许使用模型 { $model }：它不在 { $rule } 中
remedy-not-allowed = 把它加入 { $rule }，或另选一个（/model list）
unserved-no-key = 没有找到提供商 { $provider } 的 API 密钥（智能体 { $agent }，存储 { $store }）
unserved-none-usable = 提供商 { $provider } 没有可用的账号（{ $reasons }）
remedy-no-key = 添加一个：modelpin models auth paste-token --provider { $provider }
unserved-pinned-unusable = 没有找到账号 { $profile } 的凭据：{ $reason }
remedy-not-in-order = 改用其他账号（/model @auto），因为配置的顺序中没有该账号
unserved-needs-sign-in = 账号 { $profile } 的登录已失效，暂时无法续期
remedy-sign-in = 重新登录该账号，另选一个（/model status），或改为自动选择（/model @auto）
unserved-fenced = 使用 { $to } 的请求会产生费用
unserved-fenced-from = { $from } 目前无法使用，而使用 { $to } 的请求会产生费用
remedy-fenced = 输入 /model @{ $to } 表示同意付费，或将 auth.fence 设为 "allow"
unserved-credential = 无法取得账号 { $profile } 的凭据：{ $cause }
remedy-credential = 修复它，或改用其他账号（/model @auto）
unserved-no-endpoint = 提供商 { $provider } 的端点未知
remedy-no-endpoint = 设置 models.providers.{ $provider }.baseUrl 和 .api
# In a chat of several people.
unserved-in-company = 目前没有可用的凭据
remedy-in-company = 发送 /model why（答复仅您可见）

## A command line that is wrong; each is one line of at most 120 characters

fault-unexpected = `{ $it }` 是多余的
fault-prompt-help = 提示词请写在下一行，或写在 ` -- ` 之后
fault-unknown-option = `{ $it }` 不是选项
fault-unknown-option-help = 以 `-` 开头的名称要加引号；提示词写在 ` -- ` 之后
fault-takes-no-value = `{ $it }` 不带值
fault-did-you-mean = 您是指 `{ $it }` 吗？
fault-missing-value = `{ $it }` 后面需要一个值
fault-example = 例如 `{ $example }`
fault-bad-duration = `{ $it }` 不是 1 分钟到 30 天之间的时长
fault-bad-duration-help = 请写成 `90m`、`1h30m` 或 `2d`：依次为天、小时、分钟
fault-bad-page = `{ $it }` 不是页码
fault-bad-page-help = 页码是 1 到 9999 的数字，写在提供商之后
fault-conflicting = `{ $it }` 重复指定了{ $what }
fault-conflicting-help = 两个中只保留一个
noun-scope = 范围
noun-lifetime = 时限
noun-mode = 方式
noun-profile = 账号
fault-missing-profile = `{ $it }` 后面没有账号
fault-missing-profile-help = 请指定一个账号，如 `@work`；自动选择用 `@auto`
fault-missing-model = 引号之间没有模型
fault-missing-model-help = 输入 `/model list` 可查看模型
fault-open-quote = 此引号没有结束
fault-open-quote-help = 请在同一行结束引号；引号内的引号写作 `\"`
fault-bad-escape = `{ $it }` 不是转义符
fault-bad-escape-help = 可用的转义符有 \" \\ \/ \b \f \n \r \t 以及 \u 加四位十六进制数字
fault-needs-choice = `{ $it }` 需要与模型、编号或账号一起使用
fault-needs-choice-help = 请指定一个，如 `/model opus --for 2h`
fault-not-taken = `{ $verb }` 不接受 `{ $it }`
fault-not-taken-help = 请去掉它；如果模型就叫这个名称，请加引号："{ $verb }"
fault-too-long = 此处长 { $bytes } 字节；上限为 { $limit }
fault-line-too-long = 命令行长 { $bytes } 字节；上限为 { $limit }
fault-more = … 还有 { $count } 处错误

## /model help: at most 25 lines of at most 78 columns

help =
    /model                    从列表中选择
    /model opus               使用某个模型，写别名或 provider/model
    /model opus@work          使用该模型和账号 "work"，不用其他账号
    /model @work              保留模型，更换账号
    /model @auto              恢复自动选择账号
    /model 3                  上一个列表的第三项

    /model list [provider] [page] · status · why · undo · default · help

    --for 2h, --once          两小时内有效；仅用于下一次请求
    --prefer, --strict        优先用此账号；只用此账号
    -s, -a, -g                用于此聊天；用于整个智能体；用于全部

    名称含空格时要加引号：/model "my model"@"me@example.org"
    提示词写在下一行，或写在 -- 之后：
    /model opus --once -- 2+2 等于几？
