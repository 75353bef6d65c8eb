import type { ServerContext } from '../server-context.ts'

/** Whether somebody may want to know what was sent in the head of an answer. */
export const keepsHeads = ({ reports }: ServerContext): boolean =>
  reports.access?.wants.some((wanted) => wanted.of === 'response') === true
