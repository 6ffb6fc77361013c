// Tabs as the keyboard expects them: the arrows move, only the chosen one is in the order of Tab.

/** Moves on an arrow key. `names()` are the tabs' keys in order, `chosen()` is the current one, `open(key)` opens one. */
export function moveWithArrows(list, names, chosen, open) {
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = names();
    if (!step || all.length === 0) return;
    event.preventDefault();
    open(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
    focusChosen(list);
  });
}

export const focusChosen = (list) => list.querySelector('[aria-selected="true"]')?.focus();
