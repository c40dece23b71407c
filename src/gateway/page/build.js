// Elements, words and times. Names and answers are written by others: they go into text nodes, never into markup.

/** An element. `about` has its attributes; `on…` are listeners. What follows goes into it. */
export function el(tag, about, ...inner) {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(about ?? {})) {
		if (value === null || value === undefined || value === false) continue;
		if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
		else made.setAttribute(name, value === true ? "" : value);
	}
	made.append(...inner.flat().filter((one) => one !== null && one !== undefined && one !== false));
	return made;
}

// What acts on a display or is not seen: controls, direction overrides and isolates, zero widths.
const ACTING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A name, fit to be shown: it cannot act, and it cannot push everything else off the page. */
export function plain(name, most = 80) {
	const letters = [...String(name ?? "").replace(ACTING, "")];
	return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : letters.join("");
}

/** A name as an element of its own: its direction ends where it ends. */
export function named(name, about, most) {
	return el("bdi", about, plain(name, most));
}

/** `demo:work` is `work` where its provider is known. */
export function short(profile, provider) {
	const prefix = provider + ":";
	return profile.startsWith(prefix) && profile.length > prefix.length ? profile.slice(prefix.length) : profile;
}

const two = (number) => String(number).padStart(2, "0");

/** How long, from milliseconds: `0:14`, `4 h 58 min`, `12 days`. */
export function span(ms) {
	const seconds = Math.max(0, Math.ceil(ms / 1000));
	if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
	return `${Math.floor(minutes / 60 / 24)} days`;
}

/** How long ago, from milliseconds. */
export function ago(ms) {
	const seconds = Math.floor(ms / 1000);
	if (seconds < 5) return "just now";
	if (seconds < 60) return `${seconds} s ago`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
	if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
	return `${Math.floor(seconds / 86400)} days ago`;
}

/** A time of day. */
export function clock(at) {
	const day = new Date(at);
	return `${two(day.getHours())}:${two(day.getMinutes())}:${two(day.getSeconds())}`;
}

// The gateway's clock may be another than the browser's: moments are the gateway's.
let ahead = 0;
export const setNow = (at) => { ahead = at - Date.now(); };
export const now = () => Date.now() + ahead;

// What counts down or up, each second: an element, and what to write into it. Those that left the page are dropped.
let ticking = [];
export function tick(element, write) {
	write(element);
	ticking.push([element, write]);
	return element;
}
setInterval(() => {
	ticking = ticking.filter(([element]) => element.isConnected);
	for (const [element, write] of ticking) write(element);
}, 1000);

/** The time that is left until a moment, counting down. */
export function left(until, before = "", after = "") {
	return tick(el("time", { class: "count", datetime: new Date(until).toISOString() }), (time) => {
		time.textContent = before + span(until - now()) + after;
	});
}

/** The time since a moment, counting up. */
export function since(at) {
	return tick(el("time", { datetime: new Date(at).toISOString(), title: clock(at) }), (time) => {
		time.textContent = ago(now() - at);
	});
}

/** A code in words: `rate_limit`, `not-in-order`. */
export const words = (code) => String(code ?? "").replace(/[_-]/g, " ");
