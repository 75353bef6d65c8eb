// How V8 keeps the heap of a front. What a front makes for a request is garbage when it is answered, and is collected in well under a
// millisecond; but under load V8 makes the room for it, of which RSS is the larger part, eight times as large as it needs to be, and never small again.

/** Of each half of the room for what is new. More of it makes no request cheaper (bench/results/supervision.md, "million"). */
const NEW_SPACE_MB = 4
// As Node takes it, with - or _.
const IS_SET = /--max[-_]semi[-_]space[-_]size/

/** The flags of V8 for a front, besides those it gets anyway: `given`, what Node was started with. Nothing where that says it otherwise. */
export function heapFlags(given: readonly string[]): readonly string[] {
  return given.some((flags) => IS_SET.test(flags)) ? [] : [`--max-semi-space-size=${NEW_SPACE_MB}`]
}
