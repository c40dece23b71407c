// Words for the pages: text with marks as HTML.
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// `code`, and bold between `strong`; a backslash takes the meaning of the sign behind it.
const marked = (text, strong) => {
  const sign = strong.replaceAll("*", "\\*");
  const spans = new RegExp(`\\\\(.)|\`([^\`]+)\`|${sign}(.+?)${sign}(?!\\*)`, "gs");
  let out = "", done = 0;
  for (const found of text.matchAll(spans)) {
    out += escaped(text.slice(done, found.index));
    if (found[1] !== undefined) out += escaped(found[1]);
    else if (found[2] !== undefined) out += `<code>${escaped(found[2])}</code>`;
    else out += `<strong>${marked(found[3], strong)}</strong>`;
    done = found.index + found[0].length;
  }
  return out + escaped(text.slice(done));
};
const lines = (html) => html.replaceAll("\n", "<br>");

// Two columns: the command, the picker, what it says when one was picked; and the status.
const show = (message, says, draw) => {
  const bot = (messages) => messages.map((one) => message(draw(one))).join("");
  document.querySelector("main").innerHTML =
    `<div>${says("/model")}${bot(goldens.picker)}${bot(goldens.changed)}</div><div>${says("/model status")}${bot(goldens.status)}</div>`;
};
