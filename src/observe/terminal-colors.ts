// Whether, and how, a log is coloured.

type Variables = Readonly<Record<string, string | undefined>>

/** FORCE_COLOR before NO_COLOR (no-color.org), both before what the stream is. */
export function usesColors(stream: { readonly isTTY?: boolean }, env: Variables = process.env): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none = '', TERM: terminal } = env
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return none === '' && stream.isTTY === true && terminal !== 'dumb'
}

const CODES = { dim: 2, red: 31, yellow: 33, blue: 34, cyan: 36 } as const
export type Color = keyof typeof CODES

export const colored = (color: Color, text: string): string => `\u001b[${CODES[color]}m${text}\u001b[0m`
