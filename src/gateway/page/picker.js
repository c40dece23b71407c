// The picker: the models, then the profiles of one, each a button with its sealed token.

import { el, left, named, plain, words } from "./build.js";

const OCCASIONS = {
	ambiguous: (it) => ["Several models are called ", named(it.written), ". Which one is meant?"],
	"stale-number": (it) => [`There is no number ${it.number} in the list that was shown last. Here is a fresh one.`],
	"stale-button": () => ["That button does not hold any more. Here is a fresh list."],
};

/** Whether something can serve: a dot and a word. */
export function usability(of) {
	if (!of) return null;
	const [kind, said] = {
		ok: ["ok", ["ready"]],
		resting: ["rest", of.until ? [left(of.until, "rests ")] : ["rests"]],
		costs: ["rest", ["would cost"]],
		"no-credential": ["out", ["no credential"]],
		"no-endpoint": ["out", ["no endpoint"]],
	}[of.code] ?? ["out", [words(of.code)]];
	return el("span", { class: `state ${kind}` }, ...said);
}

function row(button, press, { number, label, reference, state, mark, name }) {
	return el("button", { class: "choice", type: "button", disabled: !button, "aria-label": name, onclick: (event) => press(button, event) },
		number ? el("span", { class: "number" }, String(number)) : null,
		el("span", { class: "label" }, label, mark ? el("span", { class: "mark" }, mark) : null),
		reference ? named(reference, { class: "reference" }) : null,
		state);
}

function turn(token, press, words, name) {
	return token ? el("button", { class: "quiet", type: "button", "aria-label": name ?? false, onclick: (event) => press(token, event) }, words) : null;
}

function models(picker, press) {
	return el("ol", { class: "choices" }, picker.choices.map((choice) => el("li", {},
		row(choice.token, press, {
			number: choice.number,
			label: named(choice.label),
			reference: choice.alias ? choice.model : null,
			state: usability(choice.usability),
			mark: choice.current ? "now" : null,
		}),
		choice.profilesToken && choice.profileCount > 1
			? el("button", { class: "profiles", type: "button", "aria-label": `${choice.profileCount} profiles of ${plain(choice.label)}`, onclick: (event) => press(choice.profilesToken, event) },
					`${choice.profileCount} profiles`)
			: null)));
}

function profiles(chosen, press) {
	return el("ol", { class: "choices of-profiles" },
		chosen.auto ? el("li", {}, row(chosen.auto, press, { label: "automatic", state: el("span", { class: "dim" }, "whichever can serve") })) : null,
		chosen.profiles.map((one) => el("li", {}, row(one.token, press, {
			label: named(one.label), reference: one.profile, state: usability(one.usability), mark: one.pinned ? "pinned" : null,
		}))));
}

/** A picker. `press` gets the token of the pressed button. */
export function picker(data, press) {
	const { chosen, providers, providerPages } = data;
	const { page, pages, previous, next } = chosen ?? data;
	const title = chosen
		? el("h2", {}, named(chosen.label), ", with which profile?")
		: el("h2", {}, data.provider ? ["Models of ", named(data.provider)] : "Which model?");
	const occasion = OCCASIONS[data.occasion]?.(data);
	const selected = data.selection;
	const current = selected && el("p", { class: "dim" }, "Now ", named(selected.model.label),
		selected.profile?.profile ? [" with ", named(selected.profile.profile)] : ", profile chosen automatically");
	return el("div", { class: "picker" },
		occasion ? el("p", { class: "occasion" }, occasion) : null,
		title, current,
		providers.length && !chosen
			? el("div", { class: "providers-row" },
				turn(providerPages.previous, press, "‹", "Providers before"),
				providers.map((one) => turn(one.token, press, [named(one.label), ` ${one.count}`])),
				turn(providerPages.next, press, "›", "More providers"))
			: null,
		chosen ? profiles(chosen, press) : models(data, press),
		el("div", { class: "turns" },
			chosen ? turn(chosen.back, press, "‹ Models") : turn(data.all, press, "‹ All"),
			turn(previous, press, "‹ Back", "Page before"),
			pages > 1 ? el("span", { class: "dim" }, `${page} of ${pages}`) : null,
			turn(next, press, "More ›", "Next page"),
			chosen || !data.default ? null : el("span", { class: "end" }, turn(data.default, press, "Back to the default"))));
}
