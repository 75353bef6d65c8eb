import { describe, expect, test } from 'vitest'
import { holdsEntityTag, weakened } from '../../src/http/entity-tag.ts'
import { type Preconditions, type Validators, judgePreconditions } from '../../src/http/preconditions.ts'

const EARLIER = 'Sat, 05 Nov 1994 08:49:37 GMT'
const THEN = 'Sun, 06 Nov 1994 08:49:37 GMT'
const LATER = 'Mon, 07 Nov 1994 08:49:37 GMT'

const NONE: Preconditions = {
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifModifiedSince: undefined,
  ifUnmodifiedSince: undefined,
}

const judge = (conditions: Partial<Preconditions>, validators: Partial<Validators> = {}): number =>
  judgePreconditions(
    { ...NONE, ...conditions },
    { entityTag: undefined, lastModified: undefined, ...validators },
  )

describe('holdsEntityTag', () => {
  test('compares weakly without a look at W/, strongly only tags without it (RFC 9110 §8.8.3.2)', () => {
    const table = [
      ['W/"1"', 'W/"1"', false, true],
      ['W/"1"', 'W/"2"', false, false],
      ['W/"1"', '"1"', false, true],
      ['"1"', 'W/"1"', false, true],
      ['"1"', '"1"', true, true],
    ] as const
    for (const [list, tag, strong, weak] of table) {
      expect([holdsEntityTag(list, tag, 'strong'), holdsEntityTag(list, tag, 'weak')]).toEqual([strong, weak])
    }
  })

  test('reads lists, in which a comma may stand inside of a tag', () => {
    expect(holdsEntityTag('"a", "b,c" ,W/"d"', '"b,c"', 'strong')).toBe(true)
    expect(holdsEntityTag('"a","b,c"', '"b"', 'weak')).toBe(false)
    expect(holdsEntityTag('"a", W/"d"', '"d"', 'weak')).toBe(true)
  })

  test('* holds every tag, but only alone', () => {
    expect(holdsEntityTag(' * ', '"a"', 'strong')).toBe(true)
    expect(holdsEntityTag('"b", *', '"a"', 'weak')).toBe(false)
  })

  test('what is no tag holds none', () => {
    expect(holdsEntityTag('a', '"a"', 'weak')).toBe(false)
    expect(holdsEntityTag('"a', '"a"', 'weak')).toBe(false)
    expect(holdsEntityTag('', '"a"', 'weak')).toBe(false)
  })

  test('a weak tag stays as it is when it is weakened', () => {
    expect([weakened('"a"'), weakened('W/"a"')]).toEqual(['W/"a"', 'W/"a"'])
  })
})

describe('judgePreconditions (RFC 9110 §13.2.2)', () => {
  const known = { entityTag: '"a"', lastModified: THEN }

  test('If-Match comes first, and compares strongly (§13.1.1)', () => {
    expect(judge({ ifMatch: '"b"', ifNoneMatch: '"a"' }, known)).toBe(412)
    expect(judge({ ifMatch: '"a"' }, known)).toBe(200)
    expect(judge({ ifMatch: '*' }, known)).toBe(200)
    expect(judge({ ifMatch: 'W/"a"' }, { entityTag: 'W/"a"' })).toBe(412)
  })

  test('If-Unmodified-Since counts without If-Match only (§13.1.4)', () => {
    expect(judge({ ifUnmodifiedSince: EARLIER }, known)).toBe(412)
    expect(judge({ ifUnmodifiedSince: THEN }, known)).toBe(200)
    expect(judge({ ifUnmodifiedSince: EARLIER, ifMatch: '"a"' }, known)).toBe(200)
  })

  test('If-None-Match compares weakly (§13.1.2)', () => {
    expect(judge({ ifNoneMatch: 'W/"a"' }, known)).toBe(304)
    expect(judge({ ifNoneMatch: '"x", "a"' }, known)).toBe(304)
    expect(judge({ ifNoneMatch: '"b"' }, known)).toBe(200)
    expect(judge({ ifNoneMatch: '*' })).toBe(304)
  })

  test('If-Modified-Since counts without If-None-Match only (§13.1.3)', () => {
    expect(judge({ ifModifiedSince: THEN }, known)).toBe(304)
    expect(judge({ ifModifiedSince: LATER }, known)).toBe(304)
    expect(judge({ ifModifiedSince: EARLIER }, known)).toBe(200)
    expect(judge({ ifModifiedSince: LATER, ifNoneMatch: '"b"' }, known)).toBe(200)
  })

  test('a date that is none is passed over (§13.1.3)', () => {
    expect(judge({ ifModifiedSince: 'yesterday' }, known)).toBe(200)
    expect(judge({ ifUnmodifiedSince: 'yesterday' }, known)).toBe(200)
    expect(judge({ ifModifiedSince: `${THEN}, ${LATER}` }, known)).toBe(200)
    expect(judge({ ifModifiedSince: THEN }, { lastModified: 'today' })).toBe(200)
  })

  test('what is not known is not judged', () => {
    expect(judge({ ifMatch: '"a"', ifUnmodifiedSince: EARLIER })).toBe(200)
    expect(judge({ ifNoneMatch: '"a"', ifModifiedSince: LATER })).toBe(200)
  })
})
