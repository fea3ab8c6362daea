// The page's behaviour: send, click, submit, and draw again what changed.

import { localise } from "./dates.js";
import { prepare, refill, snapshot, valueOf, valuesOf } from "./forms.js";
import { remember, swap } from "./swap.js";

const { as, at, channel } = document.body.dataset;
const here = `?as=${encodeURIComponent(as)}&at=${encodeURIComponent(at)}`;
const byId = (id) => document.getElementById(id);
const scroll = byId("scroll");

// --- telling the workspace

async function act(deed, wish) {
  const response = await fetch(`/act/${deed}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ as, ...wish }),
  }).catch(() => null);
  if (!response) return say("The sandbox is not answering. Is it still running?");
  if (!response.ok) say((await response.json().catch(() => ({}))).error ?? "That did not work.");
  await refresh();
}

async function busily(element, work) {
  element?.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    element?.removeAttribute("aria-busy");
  }
}

let silence;
function say(text) {
  const status = byId("status");
  status.textContent = text;
  status.hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => { status.hidden = true; }, 6000);
}

// --- drawing again

let drawing = null;
let isStale = false;

// One refresh at a time; what arrives meanwhile leads to one more.
function refresh() {
  isStale = true;
  drawing ??= (async () => {
    while (isStale) {
      isStale = false;
      await redraw();
    }
  })().finally(() => { drawing = null; });
  return drawing;
}

async function redraw() {
  const response = await fetch(`/parts${here}`).catch(() => null);
  if (!response?.ok) return;
  const parts = await response.json();
  swap(byId("sidebar"), parts.sidebar);
  swap(byId("heading"), parts.heading);
  drawContent(parts.content);
  drawModal(parts.modal);
  markUnread();
  localise(document);
}

function drawContent(html) {
  const wasAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const changed = swap(byId("content"), html);
  if (changed.length) prepare(byId("content"));
  if (wasAtEnd && channel) scroll.scrollTop = scroll.scrollHeight;
}

let opener = null;

function drawModal(html) {
  const holder = byId("modal");
  const before = holder.querySelector("dialog");
  const saved = before ? snapshot(before) : [];
  const focused = before?.contains(document.activeElement) ? document.activeElement.id : null;
  if (!before) opener = document.activeElement;
  const changed = swap(holder, html);
  const dialog = holder.querySelector("dialog");
  if (!dialog) {
    if (before) (opener?.isConnected ? opener : byId("text"))?.focus();
    return;
  }
  if (!changed.length) return;
  if (before?.dataset.view === dialog.dataset.view) refill(dialog, saved);
  prepare(dialog);
  show(dialog, focused);
}

function show(dialog, focused) {
  dialog.showModal();
  const wrong = dialog.querySelector(".wrong input, .wrong select, .wrong textarea");
  const first = dialog.querySelector("[data-focus]")
    ?? dialog.querySelector(".fields :is(input, select, textarea, button, a)");
  (wrong || (focused && byId(focused)) || first)?.focus();
}

// --- what is unread

const seenKey = `seen-${as}`;

function markUnread() {
  const seen = JSON.parse(localStorage.getItem(seenKey) ?? "{}");
  for (const link of document.querySelectorAll("[data-latest]")) {
    const { place, latest } = link.dataset;
    if (place === channel) seen[place] = latest;
    link.classList.toggle("unread", latest > (seen[place] ?? ""));
  }
  localStorage.setItem(seenKey, JSON.stringify(seen));
}

// --- acting

async function confirmed(element) {
  if (!element.dataset.confirm) return true;
  const wording = JSON.parse(element.dataset.confirm);
  const dialog = byId("confirm");
  byId("confirm-title").textContent = wording.title.text;
  byId("confirm-text").textContent = wording.text.text;
  byId("confirm-yes").textContent = wording.confirm.text;
  byId("confirm-deny").textContent = wording.deny.text;
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((done) => { dialog.addEventListener("close", done, { once: true }); });
  return dialog.returnValue === "confirm";
}

async function use(element, value) {
  const surface = element.closest("[data-surface]");
  const wish = { action_id: element.dataset.actionId, block_id: element.dataset.blockId };
  if (value !== undefined) wish.value = value;
  switch (surface.dataset.surface) {
    case "home":
      return act("click_home", wish);
    case "modal":
      return act("click_view", wish);
    default:
      return act("click", { ...wish, channel: surface.dataset.channel, ts: surface.dataset.ts });
  }
}

document.addEventListener("click", async (event) => {
  const element = event.target.closest("[data-action-id], [data-close], [data-fill]");
  if (!element || element.getAttribute("aria-busy") === "true") return;
  if (element.dataset.fill) {
    byId("text").value = element.dataset.fill;
    byId("text").focus();
  } else if (element.dataset.close) {
    await act("close", { whole_stack: element.dataset.close === "stack" });
  } else if (element.matches("button, a")) {
    if (await confirmed(element)) await busily(element, () => use(element));
  }
});

document.addEventListener("change", async (event) => {
  const element = event.target.closest(".control[data-action-id], .choices[data-action-id]");
  if (element) await busily(element, () => use(element, valueOf(element)));
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method === "dialog") return;
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  if (button?.getAttribute("aria-busy") === "true") return;
  if (form.id === "view") await busily(button, () => act("submit", { values: valuesOf(form) }));
  if (form.id === "composer") await busily(button, () => send(form));
});

async function send(form) {
  const text = form.elements.text.value;
  form.elements.text.value = "";
  scroll.scrollTop = scroll.scrollHeight;
  await act("send", { channel, text });
}

// Escape closes a dialog in the browser; here it closes the modal in the workspace.
document.addEventListener("cancel", (event) => {
  if (event.target.closest("#modal")) {
    event.preventDefault();
    act("close", {});
  }
}, true);

document.addEventListener("input", async (event) => {
  const { external, least } = event.target.dataset;
  if (external === undefined || event.target.value.length < Number(least)) return;
  const query = new URLSearchParams({ as, action_id: external, query: event.target.value });
  const { options } = await (await fetch(`/options?${query}`)).json();
  const list = byId(event.target.getAttribute("list"));
  list.replaceChildren(...options.map((each) => new Option(each.description?.text ?? "", each.text.text)));
});

byId("heading").addEventListener("change", (event) => {
  if (event.target.id !== "member") return;
  location.assign(`/?${new URLSearchParams({ as: event.target.value, at })}`);
});

// As in Slack: Ctrl or Command with Enter sends a form from within a text of several lines.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  if (event.target.matches("textarea")) event.target.form.requestSubmit();
});

byId("menu").addEventListener("click", () => {
  const isOpen = byId("side").classList.toggle("open");
  byId("menu").setAttribute("aria-expanded", String(isOpen));
});

// --- who one is, in addresses that do not say: links that the bot wrote

const lastKey = "last-person";

const rememberMe = () => localStorage.setItem(lastKey, as);

function settle() {
  const address = new URL(location.href);
  const last = localStorage.getItem(lastKey);
  if (address.searchParams.has("as") || !last || last === as) return rememberMe();
  address.searchParams.set("as", last);
  location.replace(address);
}

// --- beginning

settle();
window.addEventListener("focus", rememberMe);

for (const id of ["sidebar", "heading", "content", "modal"]) remember(byId(id));
prepare(document);
localise(document);
markUnread();
setInterval(() => localise(document), 30000);
const dialog = document.querySelector("#modal dialog");
if (dialog) show(dialog, null);
if (channel && !location.hash) scroll.scrollTop = scroll.scrollHeight;

const live = new EventSource("/live");
live.addEventListener("message", refresh);
live.addEventListener("error", () => say("Connection lost; trying again …"));
live.addEventListener("open", () => { byId("status").hidden = true; });
if (at === "home") act("open_home", {});
document.body.dataset.ready = "true";
