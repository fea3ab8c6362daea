// Putting new HTML in place of old without disturbing what has not changed: each child carries a
// data-key, and one whose HTML is as it was before is left alone, with its focus and its state.

const drawn = new WeakMap();

function keyed(container) {
  const children = [...container.children].filter((each) => each.dataset.key);
  return new Map(children.map((each) => [each.dataset.key, each]));
}

function focusPath(container) {
  const active = document.activeElement;
  if (!active || !container.contains(active) || active === container) return null;
  const holder = active.closest("[data-key]");
  const same = (each) => each.tagName === active.tagName;
  return {
    key: holder?.dataset.key,
    id: active.id,
    action: active.dataset.actionId,
    index: holder ? [...holder.querySelectorAll(active.tagName)].filter(same).indexOf(active) : -1,
    tag: active.tagName,
  };
}

function restoreFocus(container, path) {
  if (!path || container.contains(document.activeElement)) return;
  const holder = keyed(container).get(path.key) ?? container;
  const candidates = [
    path.id && document.getElementById(path.id),
    path.action && holder.querySelector(`[data-action-id="${CSS.escape(path.action)}"]`),
    path.index >= 0 && holder.querySelectorAll(path.tag)[path.index],
    holder,
  ];
  const target = candidates.find(Boolean);
  // The button may be gone, decided: the message itself takes the focus then.
  if (target === holder && !holder.hasAttribute("tabindex")) holder.tabIndex = -1;
  target.focus({ preventScroll: true });
}

// Remember what the server drew, so that the first refresh leaves it alone too.
export function remember(container) {
  for (const each of container.children) drawn.set(each, each.outerHTML);
}

export function swap(container, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const path = focusPath(container);
  const old = keyed(container);
  const changed = [];
  let after = null;
  for (const fresh of [...template.content.children]) {
    const markup = fresh.outerHTML;
    const before = old.get(fresh.dataset.key);
    old.delete(fresh.dataset.key);
    let kept = before;
    if (!before || drawn.get(before) !== markup) {
      drawn.set(fresh, markup);
      if (before) before.replaceWith(fresh);
      kept = fresh;
      changed.push(fresh);
    }
    const place = after ? after.nextElementSibling : container.firstElementChild;
    if (place !== kept) container.insertBefore(kept, place);
    after = kept;
  }
  for (const gone of old.values()) gone.remove();
  restoreFocus(container, path);
  return changed;
}
