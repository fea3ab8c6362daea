// Moments in the reader's own time zone; the server writes UTC.

const parts = {
  "{date_num}": { year: "numeric", month: "2-digit", day: "2-digit" },
  "{date}": { day: "numeric", month: "long", year: "numeric" },
  "{date_short}": { day: "numeric", month: "short", year: "numeric" },
  "{date_long}": { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  "{date_pretty}": { day: "numeric", month: "long", year: "numeric" },
  "{date_short_pretty}": { day: "numeric", month: "short", year: "numeric" },
  "{date_long_pretty}": { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  "{time}": { hour: "2-digit", minute: "2-digit" },
  "{time_secs}": { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

const steps = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

function ago(when) {
  const seconds = Math.round((when - Date.now()) / 1000);
  const [size, unit] = steps.find(([each]) => Math.abs(seconds) >= each) ?? steps.at(-1);
  return relative.format(Math.round(seconds / size), unit);
}

function written(when, layout) {
  return layout.replace(/\{\w+\}/g, (token) => {
    if (token === "{ago}") return ago(when);
    return token in parts ? new Intl.DateTimeFormat(undefined, parts[token]).format(when) : token;
  });
}

export function localise(root) {
  for (const time of root.querySelectorAll("time[data-layout]")) {
    const when = new Date(time.dateTime);
    const text = written(when, time.dataset.layout);
    if (time.textContent !== text) time.textContent = text;
    time.title = when.toLocaleString();
  }
}
