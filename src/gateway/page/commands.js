// What is offered while a command is being typed.

import { el, named, plain } from "./build.js";

const VERBS = [
	["/model", "choose a model, with buttons"],
	["/model status", "what is used now, and what could be"],
	["/model list", "every model there is"],
	["/model why", "why the next request goes where it goes"],
	["/model default", "back to the default"],
	["/model undo", "take the last change back"],
	["/model help", "how commands are written"],
];
const MOST = 8;

/** What could be meant by what was typed so far: a text and what it does. */
function offers(text, known) {
	if (!/^\/[^\n]*$/.test(text)) return [];
	const all = [...VERBS];
	for (const { name, id, profiles } of known) {
		all.push([`/model ${name}`, name === id ? "this model, in this chat" : id]);
		for (const profile of profiles) all.push([`/model ${name}@${profile}`, "that profile, and no other"]);
	}
	const typed = text.toLowerCase();
	const found = all.filter(([line]) => line.toLowerCase().startsWith(typed));
	return found.length === 1 && found[0][0] === text ? [] : found.slice(0, MOST);
}

/** Offers commands above a text box. `known` gives the models and their profiles. */
export function offering(box, list, known) {
	let shown = [];
	let at = -1;

	const close = () => {
		[shown, at] = [[], -1];
		list.hidden = true;
		list.replaceChildren();
		box.removeAttribute("aria-activedescendant");
		box.removeAttribute("aria-controls");
	};
	const mark = (next) => {
		at = next;
		[...list.children].forEach((row, number) => row.setAttribute("aria-selected", number === at));
		if (at < 0) box.removeAttribute("aria-activedescendant");
		else {
			box.setAttribute("aria-activedescendant", list.children[at].id);
			list.children[at].scrollIntoView({ block: "nearest" });
		}
	};
	const take = (line) => {
		box.value = line;
		close();
		box.dispatchEvent(new Event("input"));
		close();
		box.focus();
	};
	const update = () => {
		const found = offers(box.value, known());
		if (!found.length) return close();
		shown = found;
		list.replaceChildren(...found.map(([line, does], number) => el("li", {
			id: `offer-${number}`, role: "option", "aria-selected": false,
			onmousedown: (event) => { event.preventDefault(); take(line); },
		}, named(line, { class: "line" }), el("span", { class: "does" }, plain(does)))));
		list.hidden = false;
		box.setAttribute("aria-controls", list.id);
		mark(-1);
	};

	box.addEventListener("input", update);
	box.addEventListener("blur", close);
	/** Whether a key was for the list. */
	const key = (event) => {
		if (list.hidden) return false;
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step) mark((at + step + shown.length + (at < 0 && step < 0 ? 1 : 0)) % shown.length);
		else if (event.key === "Escape") close();
		else if (event.key === "Tab" && !event.shiftKey) take(shown[Math.max(at, 0)][0]);
		else if (event.key === "Enter" && !event.shiftKey && at >= 0) take(shown[at][0]);
		else return false;
		event.preventDefault();
		return true;
	};
	return { key, close };
}
