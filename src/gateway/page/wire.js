// How the gateway is asked.

const TOKEN = "modelpin-token";
const LONGEST_QUIET = 40_000;

/** What went wrong, as the gateway says it. */
export class Wrong extends Error {
	constructor(message, { status = 0, code = null, decision = null, wait = null } = {}) {
		super(message);
		Object.assign(this, { status, code, decision, wait });
	}
}

export const token = {
	get: () => sessionStorage.getItem(TOKEN),
	set: (text) => sessionStorage.setItem(TOKEN, text),
	forget: () => sessionStorage.removeItem(TOKEN),
};

// Header fields are bytes: what is no ASCII goes as UTF-8.
const bytes = (text) => String.fromCharCode(...new TextEncoder().encode(text));

/** The chat, the sender, and who may ask. */
export function fields(session, more = {}) {
	const all = { "x-modelpin-session": bytes(session), "x-modelpin-actor": "web", ...more };
	if (token.get()) all["x-modelpin-token"] = bytes(token.get());
	return all;
}

let ask = null;
/** Says who is to be asked for a token. */
export const onToken = (asked) => { ask = asked; };

/** A request. If a token is wanted, the person is asked for one, and it is sent again. */
export async function request(path, options) {
	for (;;) {
		let answer;
		try {
			answer = await fetch(path, { cache: "no-store", ...options(), referrerPolicy: "no-referrer" });
		} catch (broken) {
			if (broken.name === "AbortError") throw broken;
			throw new Wrong("The gateway does not answer. Is it still running?", { code: "unreachable" });
		}
		if (answer.ok) return answer;
		const wrong = await read(answer);
		if (wrong.status !== 401 || wrong.code !== "no-token" || !ask) throw wrong;
		await ask(Boolean(token.get()));
	}
}

async function read(answer) {
	let error = {};
	try {
		error = (await answer.json()).error ?? {};
	} catch { /* no JSON: its status says what there is to say */ }
	return new Wrong(error.message ?? `The gateway answered ${answer.status}.`, {
		status: answer.status,
		code: error.code,
		decision: error.decision ?? answer.headers.get("x-modelpin-decision"),
		wait: Number(answer.headers.get("retry-after")) || null,
	});
}

/** JSON there, JSON back. */
export async function post(path, session, body) {
	const headers = fields(session, { "content-type": "application/json" });
	const answer = await request(path, () => ({ method: "POST", headers, body: JSON.stringify(body) }));
	return answer.json();
}

/** The events of a stream, as `{ event, data }`. `alive` is called whenever anything comes. */
export async function* events(answer, alive = () => {}) {
	const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
	let rest = "";
	let event = "message";
	let data = [];
	try {
		for (;;) {
			const { value, done } = await reader.read();
			if (done) return;
			alive();
			const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
			rest = lines.pop();
			for (const line of lines) {
				if (line === "") {
					if (data.length) yield { event, data: data.join("\n") };
					[event, data] = ["message", []];
				} else if (line.startsWith("event:")) event = line.slice(6).trim();
				else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
			}
		}
	} finally {
		reader.cancel().catch(() => {});
	}
}

/** Watches the board of a chat until it is told to stop; comes back by itself when the connection breaks. */
export function watch(session, { board, standing }) {
	const stop = new AbortController();
	(async () => {
		for (let tries = 0; !stop.signal.aborted; tries += 1) {
			const quiet = new AbortController();
			const over = () => quiet.abort();
			stop.signal.addEventListener("abort", over);
			let timer = setTimeout(over, LONGEST_QUIET);
			let why = null;
			try {
				standing("connecting");
				const answer = await request("/v1/events", () => ({ headers: fields(session), signal: quiet.signal }));
				const alive = () => { clearTimeout(timer); timer = setTimeout(over, LONGEST_QUIET); };
				alive();
				for await (const { event, data } of events(answer, alive)) {
					if (event !== "board") continue;
					tries = 0;
					standing("live");
					board(JSON.parse(data));
				}
			} catch (wrong) {
				if (wrong instanceof Wrong && wrong.status) why = wrong.message;
			}
			clearTimeout(timer);
			stop.signal.removeEventListener("abort", over);
			if (stop.signal.aborted) return;
			const pause = Math.min(15_000, 500 * 2 ** Math.min(tries, 5));
			standing("off", Date.now() + pause, why);
			await new Promise((done) => setTimeout(done, pause));
		}
	})();
	return () => stop.abort();
}

// The three ways to ask a model. One that speaks another is refused with `other-api`, before anybody is asked.
const APIS = [
	["/v1/messages", (turns) => ({ model: "auto", max_tokens: 4096, stream: true, messages: turns }),
		(data) => data.type === "content_block_delta" ? data.delta?.text : null],
	["/v1/chat/completions", (turns) => ({ model: "auto", stream: true, messages: turns }),
		(data) => data.choices?.[0]?.delta?.content],
	["/v1/responses", (turns) => ({ model: "auto", stream: true, input: turns }),
		(data) => data.type === "response.output_text.delta" ? data.delta : null],
];

/** Asks the model that is pinned. `begun` hears who answers, `word` hears the answer as it comes. */
export async function converse(session, turns, signal, { begun, word }) {
	const headers = fields(session, { "content-type": "application/json" });
	for (const [at, [path, body, text]] of APIS.entries()) {
		let answer;
		try {
			answer = await request(path, () => ({ method: "POST", headers, body: JSON.stringify(body(turns)), signal }));
		} catch (wrong) {
			if (wrong.code === "other-api" && at + 1 < APIS.length) continue;
			throw wrong;
		}
		const told = (name) => {
			const value = answer.headers.get("x-modelpin-" + name) ?? "";
			try { return decodeURIComponent(value); } catch { return value; }
		};
		const by = { model: told("model"), profile: told("profile"), decision: told("decision") };
		begun(by);
		for await (const { data } of events(answer)) {
			if (data === "[DONE]") return;
			let said;
			try { said = JSON.parse(data); } catch { continue; }
			const error = said.error ?? (said.type === "response.failed" ? said.response?.error : null);
			if (error) throw new Wrong(error.message ?? "The answer broke off.", { code: error.code ?? error.type, decision: by.decision });
			const piece = text(said);
			if (piece) word(piece);
		}
		return;
	}
}
