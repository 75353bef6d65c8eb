// Which content coding a client wants: Accept-Encoding, RFC 9110 §12.5.3.

/** What a client's Accept-Encoding comes to. */
export interface CodingChoice<Coding extends string> {
  /** Undefined: the content goes as it is. */
  readonly coding: Coding | undefined
  /** The client said that it does not take content as it is. */
  readonly isIdentityRefused: boolean
}

/**
 * The coding of `offered` with the highest weight; of several the one that is offered first. Without the field, content goes as it
 * is: the RFC allows any coding then, but what sends no such field seldom decodes one.
 */
export function chooseCoding<Coding extends string>(
  acceptEncoding: string | undefined,
  offered: readonly Coding[],
): CodingChoice<Coding> {
  const weights = weightsOf(acceptEncoding ?? '')
  const anyWeight = weights.get('*')
  let coding: Coding | undefined
  let highest = 0
  for (const each of offered) {
    const weight = weights.get(each) ?? anyWeight ?? 0
    if (weight <= highest) continue
    coding = each
    highest = weight
  }
  const identity = weights.get('identity')
  if (identity !== undefined && identity > highest) coding = undefined
  return { coding, isIdentityRefused: (identity ?? anyWeight) === 0 }
}

// Clients send a handful of these. Bounded all the same: the field is theirs.
const MAX_REMEMBERED = 64
const MAX_REMEMBERED_CHARACTERS = 256

/** `chooseCoding` of what is always the same offer, which remembers what it has chosen. */
export function codingChooser<Coding extends string>(
  offered: readonly Coding[],
): (acceptEncoding: string | undefined) => CodingChoice<Coding> {
  const choices = new Map<string, CodingChoice<Coding>>()
  return (acceptEncoding = '') => {
    const known = choices.get(acceptEncoding)
    if (known !== undefined) return known
    const choice = chooseCoding(acceptEncoding, offered)
    if (choices.size >= MAX_REMEMBERED) choices.clear()
    if (acceptEncoding.length <= MAX_REMEMBERED_CHARACTERS) choices.set(acceptEncoding, choice)
    return choice
  }
}

// RFC 9110 §12.4.2: a weight has at most three decimals.
const MEMBER =
  /^[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*(?:;[ \t]*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?$/i

/** Weights by coding in lower case. Members that are malformed count for nothing. */
function weightsOf(acceptEncoding: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const member of acceptEncoding.split(',')) {
    const match = MEMBER.exec(member)
    if (match === null) continue
    const coding = match[1]!.toLowerCase()
    // RFC 9110 §8.4.1.3: x-gzip is the same.
    weights.set(coding === 'x-gzip' ? 'gzip' : coding, Number(match[2] ?? 1))
  }
  return weights
}
