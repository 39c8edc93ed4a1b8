/**
 * What is to happen, in order of its time. What is due at the same time comes in an order that chance decides, as it
 * does where threads and networks decide it; what chance leaves equal comes as it was planned.
 *
 * @module
 */

/** Something that is to happen. */
export interface Planned {
  /** When, in ms. */
  readonly time: number;
  /** Decides between those of one time. */
  readonly tie: number;
  /** Decides between those of one time and one tie. */
  readonly order: number;
  /** What happens; undefined once it is called off. */
  task: (() => void) | undefined;
}

/** A binary heap of what is to happen. */
export class EventQueue {
  readonly #heap: Planned[] = [];
  #order = 0;

  /**
   * Plans something.
   *
   * @param time When
   * @param tie Decides between those of one time
   * @param task What
   * @returns The plan: without its task nothing happens
   */
  push(time: number, tie: number, task: () => void): Planned {
    const planned: Planned = { time, tie, order: this.#order++, task };
    const heap = this.#heap;
    let at = heap.length;
    heap.push(planned);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (isBefore(heap[above]!, planned)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = planned;
    return planned;
  }

  /**
   * Takes what comes first.
   *
   * @returns It, called off or not; undefined if nothing is planned
   */
  pop(): Planned | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === last || last === undefined) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (isBefore(last, heap[below]!)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Planned, other: Planned): boolean {
  if (one.time !== other.time) return one.time < other.time;
  return one.tie !== other.tie ? one.tie < other.tie : one.order < other.order;
}
