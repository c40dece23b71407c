// The left side: what was said, and the box in which the next thing is written.

import { clock, el, left, named, now, plain, words } from "./build.js";
import { offering } from "./commands.js";
import { picker } from "./picker.js";
import { Wrong, converse, post } from "./wire.js";

const MOST_TURNS = 40;
const MONOSPACED = ["help", "faults"];

/** The chat. `session()` names it; `seen()` is the board as it was last seen. */
export function chat({ session, seen }) {
	const log = document.getElementById("log");
	const box = document.getElementById("box");
	const send = document.getElementById("send");
	const empty = document.getElementById("empty");
	const list = document.getElementById("offers");
	const offers = offering(box, list, () => known(seen()));
	let turns = [];
	let stop = null;
	let answers = [];

	const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
	const follow = (was) => { if (was) log.scrollTop = log.scrollHeight; };
	const put = (entry) => {
		empty.hidden = true;
		log.append(entry);
		log.scrollTop = log.scrollHeight;
		return entry;
	};

	// What the person wrote.
	const mine = (text) => put(el("article", { class: text.startsWith("/") ? "mine command" : "mine", "aria-label": "You" }, el("p", { dir: "auto" }, text)));

	// What modelpin replies, as text or with buttons.
	function reply(entry, { view, text }) {
		const buttons = view?.kind === "picker";
		const shown = buttons
			? picker(view, (token, event) => press(entry, token, event))
			: el("p", MONOSPACED.includes(view?.kind) ? { class: "drawn", tabindex: "0" } : { dir: "auto" }, text.trim());
		entry.className = "reply";
		entry.dataset.kind = view?.kind ?? "";
		entry.replaceChildren(el("p", { class: "who" }, "modelpin"), shown);
		entry.removeAttribute("aria-busy");
	}
	const replied = (it) => {
		const entry = el("article", { tabindex: "-1", "aria-label": "Reply of modelpin" });
		reply(entry, it);
		return put(entry);
	};

	async function press(entry, token, event) {
		if (entry.getAttribute("aria-busy")) return;
		entry.setAttribute("aria-busy", "true");
		try {
			const it = await post("/v1/chat/press", session(), { session: session(), actor: "web", surface: "text", token });
			if (it.reply) reply(entry, it.reply);
			else entry.removeAttribute("aria-busy");
			// Whoever presses with the keyboard goes on with it.
			if (event.detail === 0) (entry.querySelector("button:enabled") ?? box).focus();
		} catch (wrong) {
			entry.removeAttribute("aria-busy");
			failed(wrong);
		}
	}

	function failed(wrong) {
		const said = plain(wrong.message, 2000).replace(/^[a-z]/, (first) => first.toUpperCase());
		put(el("article", { class: "wrong", role: "alert" },
			el("p", { dir: "auto" }, said),
			wrong.wait || wrong.decision || wrong.code ? el("p", { class: "about" },
				wrong.code ? el("span", {}, words(wrong.code)) : null,
				wrong.wait ? left(now() + wrong.wait * 1000, "again in ") : null,
				wrong.decision ? el("code", { title: "The decision that this goes back to" }, plain(wrong.decision)) : null) : null));
	}

	async function answer(text) {
		turns.push({ role: "user", content: text });
		turns = turns.slice(-MOST_TURNS);
		while (turns[0].role !== "user") turns.shift();
		const sent = [...turns];
		const said = document.createTextNode("");
		const who = el("p", { class: "who" }, el("span", { class: "dim" }, "asking …"));
		const note = el("p", { class: "note", hidden: true });
		const entry = put(el("article", { class: "answer", "aria-busy": "true", "aria-label": "Answer" }, who, note, el("p", { class: "words", dir: "auto" }, said)));
		stop = new AbortController();
		state();
		const begun = (by) => {
			who.replaceChildren(named(label(by.model) ?? parts(by.model).name, { class: "model" }),
				named(by.profile, { class: "profile" }),
				el("span", { class: "dim at", title: `Decision ${by.decision}` }, clock(now())));
			answers.push({ ...by, note });
			explain(seen());
		};
		try {
			await converse(session(), sent, stop.signal, {
				begun,
				word: (piece) => { const was = atEnd(); said.data += piece; follow(was); },
			});
			if (!said.data) entry.append(el("p", { class: "dim" }, "The answer is empty."));
		} catch (wrong) {
			if (wrong.name === "AbortError") entry.append(el("p", { class: "dim stopped" }, said.data ? "Stopped." : "Stopped before the answer began."));
			else {
				if (!said.data) entry.remove();
				failed(wrong instanceof Wrong ? wrong : new Wrong("The answer broke off.", { code: "broken-off" }));
			}
		} finally {
			entry.removeAttribute("aria-busy");
			if (said.data) turns.push({ role: "assistant", content: said.data });
			else turns = turns.filter((turn) => turn !== sent.at(-1));
			stop = null;
			state();
		}
	}

	/** Says under an answer when it was not as pinned: the decision knows. */
	function explain(board) {
		answers = answers.slice(-20);
		for (const { decision, note, model } of answers) {
			const it = board?.decisions?.find((one) => one.id === decision);
			if (!it?.served) continue;
			const failed = it.attempts.filter((one) => one.outcome === "failed");
			const other = it.requested.model && it.requested.model !== it.served.model;
			const instead = it.requested.profile && it.requested.profile !== it.served.profile;
			if (!failed.length && !other && !instead) continue;
			const asked = it.requested.profile ?? it.chosen?.profile;
			note.replaceChildren(el("strong", {}, instead || (other && it.requested.pinned) ? "Not as pinned. " : "Not the first choice. "),
				...failed.flatMap((one) => [named(one.profile, { class: "name" }), ` failed (${words(one.class)}), `]),
				...(!failed.length && instead ? [named(asked, { class: "name" }), " could not serve, "] : []),
				...(other ? [named(it.requested.model, { class: "name" }), " could not be had, "] : []),
				named(it.served.profile, { class: "name" }), " answered", ...(other ? [" as ", named(model, { class: "name" })] : []), ".");
			note.hidden = false;
		}
	}

	async function say(text) {
		if (stop || !text.trim()) return;
		mine(text);
		try {
			const it = await post("/v1/chat/handle", session(), { session: session(), actor: "web", surface: "text", text });
			if (it.reply) replied(it.reply);
			if (it.outcome === "ignored") put(el("p", { class: "dim aside" }, "That command is not for modelpin; nothing was sent."));
			if (it.outcome === "text") await answer(text);
			else if (it.outcome === "reply-and-send") await answer(it.send);
		} catch (wrong) {
			failed(wrong);
		}
	}

	function state() {
		send.textContent = stop ? "Stop" : "Send";
		send.classList.toggle("stop", Boolean(stop));
		send.disabled = !stop && !box.value.trim();
	}
	function grow() {
		box.style.height = "auto";
		box.style.height = `${Math.min(box.scrollHeight + 2, 200)}px`;
	}
	function submit() {
		if (stop) return;
		const text = box.value;
		if (!text.trim()) return;
		box.value = "";
		offers.close();
		grow();
		state();
		say(text);
	}
	box.addEventListener("input", () => { grow(); state(); });
	box.addEventListener("keydown", (event) => {
		if (event.isComposing || offers.key(event)) return;
		if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); submit(); }
	});
	document.addEventListener("keydown", (event) => {
		if (event.key === "Escape" && stop && !event.defaultPrevented) stop.abort();
	});
	document.getElementById("composer").addEventListener("submit", (event) => {
		event.preventDefault();
		if (stop) stop.abort();
		else submit();
	});
	for (const starter of document.querySelectorAll("[data-say]")) {
		starter.addEventListener("click", () => { box.focus(); say(starter.dataset.say); });
	}

	const label = (model) => known(seen()).find((one) => one.id === model && one.name !== model)?.name;
	state();
	return {
		say,
		explain,
		/** Another chat: what was said in the one before is not its business. */
		clear() {
			stop?.abort();
			[turns, answers] = [[], []];
			for (const one of [...log.children]) if (one !== empty) one.remove();
			empty.hidden = false;
		},
	};
}

function parts(model) {
	const cut = model.indexOf("/");
	return { provider: model.slice(0, Math.max(cut, 0)), name: model.slice(cut + 1) };
}

/** The models that can be asked for, with the profiles that the board knows. */
function known(board) {
	const profiles = (id) => board?.status?.providers
		?.find((one) => one.provider === parts(id).provider)?.candidates.filter((one) => one.candidate).map((one) => one.profile) ?? [];
	return (board?.models ?? []).map(({ id, alias }) => ({ id, name: alias ?? id, profiles: profiles(id) }));
}
