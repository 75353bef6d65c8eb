// Many pieces of work, some at a time.

/** Calls `act` with 0 to `count` − 1, at most `atOnce` of them under way. Rejects as soon as one does. */
export async function inParallel(
  atOnce: number,
  count: number,
  act: (number: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const actOnSome = async (): Promise<void> => {
    while (next < count) await act(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, actOnSome))
}
