// Waiting for a fact instead of sleeping: polls often, fails loudly at the deadline.

const POLL_MS = 5

export async function until(
  isTrue: () => boolean | Promise<boolean>,
  deadlineMs: number,
  otherwise: () => string,
): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(otherwise())
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
