import { setTimeout as pause } from "node:timers/promises";

/** Looks until something holds: another process cannot tell us when. */
export async function until(holds) {
  for (let look = 0; look < 400; look += 1) {
    const found = await holds();
    if (found) return found;
    await pause(25); // between two looks at the node
  }
  throw new Error("it did not happen in time");
}
