// The page: a chat, and the board beside it.

import { board } from "./board.js";
import { chat } from "./chat.js";
import { el, named, plain, setNow, tick, span } from "./build.js";
import { fields, onToken, request, token, watch } from "./wire.js";

const SESSION = "modelpin-session";
const at = (id) => document.getElementById(id);

let session = localStorage.getItem(SESSION) || "web";
let seen = null;
let stop = () => {};
let models = { of: null, list: [] };

const show = board();
const talk = chat({ session: () => session, seen: () => seen && { ...seen, models: models.list } });

// Which models there are: asked again when what can be used is another than before.
async function learn(state) {
	const of = JSON.stringify([session, state.status?.default, state.status?.providers?.map((one) => [one.provider, one.candidates.length])]);
	if (models.of === of) return;
	models = { of, list: models.list };
	try {
		const answer = await request("/v1/models", () => ({ headers: fields(session) }));
		models.list = (await answer.json()).data;
	} catch { /* commands are offered without names */ }
}

function standing(kind, until, why) {
	const said = at("standing");
	document.body.dataset.standing = kind;
	if (kind === "live") said.replaceChildren("live");
	else if (kind === "connecting") { if (!said.textContent.startsWith("not")) said.replaceChildren("connecting"); }
	else said.replaceChildren(tick(el("span", { title: why ? plain(why, 300) : null }), (words) => {
		words.textContent = `not connected, again in ${span(Math.max(0, until - Date.now()))}`;
	}));
}

function begin() {
	stop();
	stop = watch(session, {
		standing,
		board: (state) => {
			seen = state;
			setNow(state.at);
			document.body.dataset.demo = state.status?.providers?.some((one) => one.provider === "demo") ?? false;
			show(state);
			current(state.status);
			talk.explain(seen);
			learn(state);
		},
	});
}

// What the next message goes to, beside the box.
function current(status) {
	const { selection, next } = status ?? {};
	const profile = { served: next?.profile, "on-trial": next?.profile, "other-serves": next?.profile }[next?.code];
	at("current").replaceChildren(el("span", { class: "unseen" }, "Choose a model, now "), ...(selection
		? [named(selection.model.label, { class: "model" }, 40), profile ? named(profile, { class: "profile" }, 40) : ""]
		: ["none"]));
}

at("current").addEventListener("click", () => talk.say("/model"));

at("session").value = session;
at("session").addEventListener("change", () => {
	const name = at("session").value.trim() || "web";
	at("session").value = name;
	if (name === session) return;
	session = name;
	localStorage.setItem(SESSION, name);
	talk.clear();
	begin();
});
at("session").addEventListener("keydown", (event) => {
	if (event.key !== "Enter" && event.key !== "Escape") return;
	event.preventDefault();
	if (event.key === "Escape") at("session").value = session;
	at("box").focus();
});

for (const tab of document.querySelectorAll("[data-tab]")) {
	tab.addEventListener("click", () => {
		document.body.dataset.view = tab.dataset.tab;
		for (const each of document.querySelectorAll("[data-tab]")) each.setAttribute("aria-pressed", each === tab);
	});
}

// Where tokens are wanted, one person is asked once, however many requests wait for it.
let asking = null;
onToken((again) => {
	asking ??= new Promise((told) => {
		const dialog = at("who");
		at("who-wrong").hidden = !again;
		token.forget();
		dialog.showModal();
		at("who-form").onsubmit = (event) => {
			event.preventDefault();
			const text = at("token").value.trim();
			if (!text) return;
			token.set(text);
			at("token").value = "";
			dialog.close();
			asking = null;
			told();
		};
		dialog.oncancel = (event) => event.preventDefault();
	});
	return asking;
});

begin();
at("box").focus();
