import { beforeEach, describe, expect, test } from 'vitest'
import type { PasswordHash } from '../../../src/middleware/credentials/password-hash.ts'
import { UserTable, type Verdict } from '../../../src/middleware/credentials/user-table.ts'

/** Counts and holds back what it is asked, in the place of a hash. */
class HeldHash {
  readonly work = 1
  readonly asked: string[] = []
  readonly #held: (() => void)[] = []
  readonly #password: string

  constructor(password: string) {
    this.#password = password
  }

  matches(password: string): Promise<boolean> {
    this.asked.push(password)
    return new Promise((resolve) => this.#held.push(() => resolve(password === this.#password)))
  }

  letAll(): void {
    for (const let_ of this.#held.splice(0)) let_()
  }
}

const tableOf = (hash: HeldHash, decoy: HeldHash): UserTable =>
  new UserTable(new Map([['ada', Object.assign(hash, { decoy: () => decoy }) as unknown as PasswordHash]]))

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a user table', () => {
  let hash: HeldHash
  let decoy: HeldHash
  let table: UserTable
  beforeEach(() => {
    hash = new HeldHash('right')
    decoy = new HeldHash('matched by no password')
    table = tableOf(hash, decoy)
  })

  const settle = async <T>(verdicts: readonly T[]): Promise<Awaited<T>[]> => {
    const all = Promise.all(verdicts)
    for (let i = 0; i < 100; i++) {
      hash.letAll()
      decoy.letAll()
      await turn()
    }
    return all
  }

  test('a name that is not there is compared all the same, and never right', async () => {
    const verdict = table.judge('eve', 'matched by no password')
    await turn()
    expect(decoy.asked).toHaveLength(1)
    expect(await settle([verdict])).toEqual(['wrong'])
  })

  test('what was right is not compared again; what was wrong is', async () => {
    expect(await settle([table.judge('ada', 'right'), table.judge('ada', 'wrong')])).toEqual([
      'right',
      'wrong',
    ])
    expect(table.judge('ada', 'right')).toBe('right')
    expect(await settle([table.judge('ada', 'wrong')])).toEqual(['wrong'])
    expect(hash.asked).toEqual(['right', 'wrong', 'wrong'])
  })

  test('the same asked at the same time is compared once', async () => {
    expect(await settle([1, 2, 3].map(() => table.judge('ada', 'right')))).toEqual([
      'right',
      'right',
      'right',
    ])
    expect(hash.asked).toEqual(['right'])
  })

  test('two are at work at a time, 64 wait, and one more is told that it is busy', async () => {
    const verdicts: (Verdict | Promise<Verdict>)[] = []
    for (let i = 0; i < 66; i++) verdicts.push(table.judge('ada', `guess ${i}`))
    expect(table.judge('ada', 'right')).toBe('busy')
    await turn()
    expect(hash.asked).toEqual(['guess 0', 'guess 1'])
    expect(new Set(await settle(verdicts))).toEqual(new Set(['wrong']))
    expect(hash.asked).toHaveLength(66)
    expect(await settle([table.judge('ada', 'right')])).toEqual(['right'])
  })

  test('a thousand are remembered, and the one used longest ago is forgotten first', async () => {
    const asked: string[] = []
    const agreeing = (name: string): PasswordHash =>
      ({
        work: 1,
        decoy: () => decoy,
        matches: () => Promise.resolve(asked.push(name) > 0),
      }) as unknown as PasswordHash
    const names = Array.from({ length: 1001 }, (_, i) => `user ${i}`)
    const large = new UserTable(new Map(names.map((name) => [name, agreeing(name)])))
    for (const name of names.slice(0, 1000)) await large.judge(name, 'x')
    expect(large.judge('user 0', 'x')).toBe('right')
    await large.judge('user 1000', 'x')
    expect(large.judge('user 0', 'x')).toBe('right')
    expect(large.judge('user 2', 'x')).toBe('right')
    asked.length = 0
    await large.judge('user 1', 'x')
    expect(asked).toEqual(['user 1'])
  })
})
