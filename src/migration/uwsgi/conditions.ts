// `if-env = …`, `for = …` and the like with what stands up to their end: whether that counts, and how often, only uWSGI knows.

import type { ResolvedEntry } from './placeholders.ts'

const BEGINS = /^(if-|ifenv$|ifexists$|ifplugin$|ifdir$|for$|for-)/
const ENDS = /^(endif|end-if|endfor|end-for)$/

export interface Split {
  readonly entries: readonly ResolvedEntry[]
  readonly conditional: readonly { readonly about: string; readonly advice: string }[]
}

export function withoutConditions(all: readonly ResolvedEntry[]): Split {
  const entries: ResolvedEntry[] = []
  const blocks: { readonly head: ResolvedEntry; readonly within: ResolvedEntry[] }[] = []
  let isWithin = false
  for (const entry of all) {
    if (BEGINS.test(entry.key)) blocks.push({ head: entry, within: [] })
    else if (isWithin && !ENDS.test(entry.key)) blocks.at(-1)!.within.push(entry)
    else if (!ENDS.test(entry.key)) entries.push(entry)
    isWithin = BEGINS.test(entry.key) || (isWithin && !ENDS.test(entry.key))
  }
  return { entries, conditional: blocks.map(({ head, within }) => told(head, within)) }
}

function told(head: ResolvedEntry, within: readonly ResolvedEntry[]): Split['conditional'][number] {
  const lines = within.map(({ key, value }) => `${key} = ${value}`).join('; ')
  return {
    about: `${head.key} = ${head.value} (line ${head.line})`,
    advice: `Gantry's files have no conditions: decide whether this counts: ${lines || 'nothing'}.`,
  }
}
