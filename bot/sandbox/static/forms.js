// Reading and refilling forms: answers are keyed by the block id, which is the field's name.

function seconds(input) {
  return input.value ? Math.floor(new Date(input.value).getTime() / 1000) : null;
}

function localInput(when) {
  const shifted = new Date(when * 1000 - new Date(when * 1000).getTimezoneOffset() * 60000);
  return shifted.toISOString().slice(0, 16);
}

export function valueOf(holder) {
  const boxes = [...holder.querySelectorAll("input[type=checkbox]")];
  if (boxes.length) return boxes.filter((each) => each.checked).map((each) => each.value);
  const radios = [...holder.querySelectorAll("input[type=radio]")];
  if (radios.length) return radios.find((each) => each.checked)?.value ?? null;
  const input = holder.querySelector("input, select, textarea");
  if (input.multiple && input.tagName === "SELECT") {
    return [...input.selectedOptions].map((each) => each.value);
  }
  if (input.type === "datetime-local") return seconds(input);
  return input.type === "file" ? [] : input.value;
}

export function valuesOf(form) {
  const fields = [...form.querySelectorAll("[data-field]")];
  return Object.fromEntries(fields.map((each) => [each.dataset.field, valueOf(each)]));
}

// What somebody typed must survive an error message or an update of the same modal.
export function snapshot(form) {
  return [...form.querySelectorAll("input, select, textarea")].map((each) => ({
    name: each.name,
    value: each.value,
    checked: each.checked,
    selected: each.multiple ? [...each.selectedOptions].map((option) => option.value) : null,
    option: ["checkbox", "radio"].includes(each.type) ? each.value : null,
  }));
}

export function refill(form, saved) {
  for (const was of saved) {
    const same = [...form.querySelectorAll("input, select, textarea")].find(
      (each) => each.name === was.name && (was.option === null || each.value === was.option),
    );
    if (!same) continue;
    if (was.option !== null) same.checked = was.checked;
    else if (was.selected) for (const each of same.options) each.selected = was.selected.includes(each.value);
    else if (same.type !== "file") same.value = was.value;
  }
}

export function prepare(root) {
  for (const input of root.querySelectorAll("input[data-seconds]")) {
    if (input.dataset.seconds && !input.value) input.value = localInput(Number(input.dataset.seconds));
  }
}
