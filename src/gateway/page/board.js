// The right side: the board.

import { clock, el, left, named, now, short, since, tick, words } from "./build.js";

const KINDS = { api_key: "API key", token: "token", oauth: "sign-in" };

/** Why a candidate stands where it stands: a kind for its colour, and words. */
function standing(one) {
	if (one.marks.includes("next")) return ["next", [el("span", { class: "badge" }, "next")]];
	if (one.reason === "ok") return ["ok", ["ready"]];
	if (one.reason === "cooldown") return ["rest", one.until ? [left(one.until, "rests ")] : ["rests"]];
	if (one.reason === "disabled") return ["out", one.until ? [left(one.until, "out ")] : ["out until repaired"]];
	if (one.reason === "fenced") return ["rest", ["would cost"]];
	return ["out", [words(one.reason)]];
}

// When a rest was first seen: how much of it is left is told from there.
const begun = new Map();

function drain(one) {
	if (!one.until || one.until <= now()) return null;
	const key = `${one.profile} ${one.until}`;
	if (!begun.has(key)) begun.set(key, now());
	const whole = Math.max(1, one.until - begun.get(key));
	return tick(el("i", { class: "drain", "aria-hidden": "true" }), (bar) => {
		bar.style.setProperty("--left", Math.max(0, (one.until - now()) / whole).toFixed(4));
	});
}

function candidate(one, at, provider) {
	const [kind, state] = standing(one);
	const about = [
		KINDS[one.kind] ?? words(one.kind ?? "unknown kind"),
		one.marks.includes("pinned") ? el("span", { class: "pin" }, "pinned") : null,
		one.class ? words(one.class) : null,
		one.marks.includes("last-good") ? "answered last" : null,
		one.expires ? (one.expires > now() ? left(one.expires, "ends in ") : "ended") : null,
		one.account ? named(one.account) : null,
		one.source ? named(one.source) : null,
	].filter(Boolean);
	return el("li", { class: `candidate ${kind}` },
		el("span", { class: "number" }, one.candidate ? String(at + 1) : "–"),
		el("span", { class: "dot", "aria-hidden": "true" }),
		named(short(one.profile, provider), { class: "profile", title: one.profile }),
		el("span", { class: "state" }, state),
		el("span", { class: "about" }, ...about.flatMap((part, number) => number ? [" · ", part] : [part])),
		one.handle ? el("code", { class: "handle", title: "Stands for the key" }, one.handle.replace("key:", "")) : null,
		drain(one));
}

function provider(one) {
	return el("div", { class: "provider" },
		el("h3", {}, named(one.provider), one.endpoint ? el("span", { class: "api" }, one.endpoint.api.replace(/-/g, " ")) : null),
		el("p", { class: "endpoint" }, one.endpoint ? named(one.endpoint.baseUrl.replace(/^https?:\/\//, "")) : "nobody said where it is reached"),
		one.candidates.length
			? el("ol", {}, one.candidates.map((each, at) => candidate(each, at, one.provider)))
			: el("p", { class: "nothing" }, "No credential."));
}

const NEXT = {
	served: (it) => ["with ", named(it.profile, { class: "name" })],
	"on-trial": (it) => ["with ", named(it.profile, { class: "name" }), ", on trial after its rest"],
	"served-unseen": () => ["with a profile that you may not see"],
	"other-model": (it) => [named(it.model.label, { class: "name" }), " steps in, ", ...told(it.then)],
	"other-serves": (it) => ["with ", named(it.profile, { class: "name" }), ", while the pinned profile ", ...cannot(it.pinned)],
	"pinned-cannot": (it) => ["refused: the pinned profile ", ...cannot(it.pinned)],
	"pinned-not-yours": () => ["refused: the pinned profile is not for you"],
	"no-credential": () => ["refused: there is no usable credential"],
	"all-rest": (it) => ["refused: everybody rests", ...(it.until ? [left(it.until, ", for ")] : [])],
	refused: (it) => ["refused: ", named(it.message, {}, 300)],
	unknown: () => ["could not be worked out"],
};
const cannot = ({ reason, until }) => reason === "cooldown" || reason === "disabled"
	? ["rests", ...(until ? [left(until, " ")] : [])] : ["cannot serve: ", words(reason)];
const told = (next) => NEXT[next?.code]?.(next) ?? [];
const REFUSED = ["pinned-cannot", "pinned-not-yours", "no-credential", "all-rest", "refused"];

function origin(selection) {
	const where = { session: "pinned in this chat", agent: "pinned for the agent", global: "pinned for all", parent: "from the chat around this one", default: "the default" };
	const end = ({ until, once }) => once ? ["for one request"] : until ? [left(until, "for ")] : [];
	const profile = selection.profile
		? [`profile ${selection.profile.mode === "strict" ? "strictly" : "preferably"} pinned`, ...end(selection.profile.end)]
		: ["automatic profile"];
	return [where[selection.origin] ?? words(selection.origin), ...end(selection.end), ...profile];
}

function next(status) {
	const { selection } = status;
	if (!selection) return [el("p", { class: "nothing" }, "No model is configured or pinned.")];
	return [
		el("p", { class: "big" }, named(selection.model.label)),
		el("p", { class: REFUSED.includes(status.next?.code) ? "how refused" : "how" }, told(status.next)),
		el("p", { class: "about" }, origin(selection).flatMap((part, at) => at ? [" · ", part] : [part])),
	];
}

function pin(one, board) {
	const where = one.scope === "session"
		? (one.session === board.session ? "this chat" : named(one.session))
		: one.scope === "agent" ? named(`agent ${one.agent}`) : "everybody";
	const what = [];
	if (one.model) what.push(named(one.model, { class: "name" }), one.modelMode === "strict" ? el("span", { class: "strict" }, "strict") : null);
	for (const choice of one.profiles) {
		what.push(choice.mode === "auto"
			? el("span", {}, "any profile of ", named(choice.provider))
			: choice.profile ? named("@" + choice.profile, { class: "name" }) : el("span", {}, "a profile that you may not see"));
		if (choice.mode === "strict") what.push(el("span", { class: "strict" }, "strict"));
	}
	if (!what.length) what.push("the default, whatever is wider");
	const about = [
		[where],
		one.by ? ["by ", named(one.by)] : null,
		one.at ? [since(one.at)] : null,
		one.until ? [left(one.until, "ends in ")] : one.once ? ["for one request"] : null,
	].filter(Boolean);
	return el("li", { class: "pinned" },
		el("span", { class: "what" }, what),
		el("span", { class: "about" }, about.flatMap((part, at) => at ? [" · ", ...part] : part)));
}

// When a decision was first seen: it is new for a moment.
const met = new Map();

function decision(one, board, first) {
	const attempts = one.attempts.map((each) => {
		const kind = { answered: "ok", failed: "out", "passed-over": "rest" }[each.outcome] ?? "rest";
		const why = each.outcome === "answered" ? null : words(each.class ?? each.reason ?? each.outcome);
		return el("li", { class: kind },
			el("span", { class: "dot", "aria-hidden": "true" }),
			named(each.profile, { class: "name" }),
			each.model !== one.requested.model ? [" for ", named(each.model)] : null,
			el("span", { class: "why" }, each.outcome === "answered" ? "answered" : each.outcome === "failed" ? `failed: ${why}` : why));
	});
	if (!met.has(one.id)) met.set(one.id, first ? 0 : Date.now());
	const fresh = Date.now() - met.get(one.id) < 2000;
	const asked = one.requested;
	return el("li", { class: `decision ${one.refusal ? "refused" : ""} ${fresh ? "fresh" : ""}` },
		el("p", { class: "asked" },
			el("time", { datetime: new Date(one.at).toISOString() }, clock(one.at)),
			asked.model ? named(asked.model, { class: "name" }) : "no model",
			asked.profile ? named("@" + asked.profile, { class: "name" }) : null,
			el("span", { class: "dim" }, asked.pinned ? "pinned" : "default"),
			one.session !== board.session ? named(one.session, { class: "other" }) : null),
		attempts.length ? el("ul", {}, attempts) : null,
		one.refusal ? el("p", { class: "refusal" }, "refused: " + words(one.refusal)) : null,
		one.crossing ? el("p", { class: "cost" }, "began to cost, allowed by " + words(one.crossing.allowedBy)) : null);
}

function expiry({ profile, kind, expires }) {
	return el("li", {}, named(profile, { class: "name" }), el("span", { class: "dim" }, KINDS[kind] ?? ""),
		el("span", { class: expires - now() < 86_400_000 ? "state soon" : "state" }, expires > now() ? left(expires) : "ended"));
}

const MOST_ROWS = 5;
const open = new Set();

/** The board. */
export function board() {
	const at = (id) => document.getElementById(id);
	// A list, of which the first rows are shown; a button shows the rest.
	const list = (id, rows, beyond = 0) => {
		const most = open.has(id) ? rows.length : MOST_ROWS;
		const hidden = rows.length - most + (open.has(id) ? 0 : beyond);
		const toggle = () => { if (!open.delete(id)) open.add(id); list(id, rows, beyond); at(id).querySelector(".more")?.focus(); };
		const says = open.has(id) ? "Show less" : `Show ${hidden} more`;
		at(id).replaceChildren(...rows.slice(0, most),
			...(rows.length > MOST_ROWS ? [el("li", {}, el("button", { class: "more", type: "button", onclick: toggle }, says))] : []),
			...(beyond && open.has(id) ? [nothing(`and ${beyond} more`)] : []));
	};
	const nothing = (text) => el("li", { class: "nothing" }, text);
	let first = true;
	return function show(state) {
		const { status, store } = state;
		if (status?.kind !== "status") {
			const why = status ? status.message ?? "The status cannot be told." : "You may not give commands here, so there is nothing to see.";
			at("next").replaceChildren(el("p", { class: "nothing" }, why));
			for (const id of ["providers", "pins", "decisions", "expiries"]) at(id).replaceChildren();
			return;
		}
		at("next").replaceChildren(...next(status), store ? el("p", { class: "about" }, "Shared store: ", store.since ? ["away, ", since(store.since)] : "well") : "");
		at("providers").replaceChildren(...status.providers.map(provider));
		list("pins", state.pins.length ? state.pins.map((one) => pin(one, state)) : [nothing("Nothing is pinned.")], state.morePins);
		list("decisions", state.decisions.length ? state.decisions.map((one) => decision(one, state, first)) : [nothing("No request yet.")]);
		const ends = status.providers.flatMap((one) => one.candidates).filter((one) => one.expires).sort((a, b) => a.expires - b.expires);
		list("expiries", ends.length ? ends.map(expiry) : [nothing("No credential ends.")]);
		first = false;
	};
}
