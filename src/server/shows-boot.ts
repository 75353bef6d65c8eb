// Whether a line on the terminal says how far workers are with booting. The supervisor draws it, and every front makes way for it.

import { canRewrite } from '../observe/rewritten-line.ts'

export const showsBoot = ({ logFormat }: { readonly logFormat: 'text' | 'json' }): boolean =>
  logFormat === 'text' && canRewrite(process.stderr)
