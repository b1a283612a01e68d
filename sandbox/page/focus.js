/** Keeping one's place while things are redrawn: what had the focus before has it after. */

/** Marks a control, so that its successor can be found; `part` tells the boxes of one element apart. */
export const focusData = (block, element, part = "") => ({
  focus: `${block.block_id}/${element.action_id}${part}`,
  action: `${element.action_id}${part}`,
});

/**
 * The control in `fresh` that stands for `active`, which was in `old`: the same key, or, as a redrawn block may have a new
 * block_id, the same action at the same place among its like.
 */
export function heirOf(active, old, fresh) {
  const { focus, action } = active?.dataset ?? {};
  if (!focus) return null;
  const same = fresh.querySelector(`[data-focus="${CSS.escape(focus)}"]`);
  if (same || !action) return same;
  const alike = (node) => [...node.querySelectorAll(`[data-action="${CSS.escape(action)}"]`)];
  return alike(fresh)[alike(old).indexOf(active)] ?? null;
}

/** Gives the focus, and the caret, of `active` to its heir. */
export function handOver(active, heir) {
  if (!heir) return;
  const caret = "selectionStart" in active ? active.selectionStart : null;
  heir.focus({ preventScroll: true });
  if (caret !== null && "setSelectionRange" in heir) heir.setSelectionRange(caret, caret);
}
