// How V8 keeps the heap of a front. Nearly all that a front makes for a request is garbage when it is answered, so the room for what is new
// need not be large. V8 makes it larger for as long as there is load, and a crowd's worth of it stays resident.

/** Of each half of that room. More of it makes no request cheaper (bench/results/faults.md). */
const NEW_SPACE_MB = 4
// As Node takes it, with - or _.
const IS_SET = /--max[-_]semi[-_]space[-_]size/

/** The flags of V8 for a front, besides those it gets anyway: `given`, what Node was started with. Nothing where that says it otherwise. */
export function heapFlags(given: readonly string[]): readonly string[] {
  return given.some((flags) => IS_SET.test(flags)) ? [] : [`--max-semi-space-size=${NEW_SPACE_MB}`]
}
