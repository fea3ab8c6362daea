// Two small things: times in the reader's own zone, and a page that moves while its run does.
"use strict";

const minutes = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const seconds = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime()) || time.title) continue;
    time.title = time.textContent;
    time.textContent = (time.dataset.exact === undefined ? minutes : seconds).format(at);
  }
}

async function refresh(main, pause) {
  await new Promise((resolve) => setTimeout(resolve, pause * 1000));
  if (document.hidden) return refresh(main, pause);
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.redirected) return location.reload();
  if (!answer?.ok) return refresh(main, pause * 2);
  const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
  if (!next) return undefined;
  localise(next);
  // What is open stays open, and what has the focus keeps it, unless something has changed.
  for (const [index, details] of [...main.querySelectorAll("details")].entries()) {
    next.querySelectorAll("details")[index]?.toggleAttribute("open", details.open);
  }
  if (next.innerHTML !== main.innerHTML) main.replaceChildren(...next.childNodes);
  const again = Number(next.dataset.refresh);
  return again ? refresh(main, again) : undefined;
}

const main = document.getElementById("main");
localise(document);
if (main.dataset.refresh) refresh(main, Number(main.dataset.refresh));

// One press, one request: a second one would only be told that the first has counted.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button) setTimeout(() => { button.disabled = true; }, 0);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const button of document.querySelectorAll("button")) button.disabled = false;
});
