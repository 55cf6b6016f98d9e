/** A binary heap: `take` returns the item with the least `at`. */
export function createHeap<Item extends { readonly at: number }>() {
  const items: Item[] = [];
  const at = (index: number) => items[index]?.at ?? Number.POSITIVE_INFINITY;

  function swap(one: number, other: number): void {
    const [a, b] = [items[one], items[other]];
    if (a !== undefined && b !== undefined) [items[one], items[other]] = [b, a];
  }

  return {
    add(item: Item): void {
      let index = items.push(item) - 1;
      for (let parent = (index - 1) >> 1; index > 0 && at(parent) > at(index); parent = (index - 1) >> 1) {
        swap(parent, index);
        index = parent;
      }
    },
    take(): Item | undefined {
      swap(0, items.length - 1);
      const taken = items.pop();
      let index = 0;
      for (;;) {
        const left = 2 * index + 1;
        const child = at(left + 1) < at(left) ? left + 1 : left;
        if (at(child) >= at(index)) return taken;
        swap(child, index);
        index = child;
      }
    },
  };
}
