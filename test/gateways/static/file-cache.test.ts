import { renameSync, rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FileCache } from '../../../src/gateways/static/file-cache.ts'
import type { FilePlace, StaticFile } from '../../../src/gateways/static/static-file.ts'
import { ManualClock } from '../../harness/manual-clock.ts'
import { LONG_AGO_S, Site } from './site.ts'

/** A cache over a site, whose files have changed long before, and what it says of a file. */
class CachedSite implements Disposable {
  readonly site = new Site()
  readonly clock = new ManualClock()
  readonly cache: FileCache
  wallClockMs = Date.now() + 3_600_000

  constructor(mostBytes?: number) {
    this.cache = new FileCache({
      ...(mostBytes === undefined ? {} : { mostBytes }),
      nowMs: () => this.clock.nowMs(),
      wallClockMs: () => this.wallClockMs,
    })
  }

  get #place(): FilePlace {
    return { root: this.site.path, cacheControl: 'no-cache', added: [] }
  }

  fresh(name: string): StaticFile | undefined {
    return this.cache.fresh(name, this.#place, name)
  }

  look(name: string): Promise<StaticFile | undefined> {
    return this.cache.look(name, this.#place, name)
  }

  /** The content, from memory if it is fresh there. */
  async content(name: string, acceptEncoding?: string): Promise<string | undefined> {
    const file = this.fresh(name) ?? (await this.look(name))
    return file?.choose(acceptEncoding).content?.toString()
  }

  [Symbol.dispose](): void {
    this.site[Symbol.dispose]()
  }
}

describe('a file in memory', () => {
  test('is looked at again after a second, and not before', async () => {
    using cached = new CachedSite()
    const { site, clock } = cached
    site.write('a', 'one')
    expect(await cached.content('/a')).toBe('one')
    site.write('a', 'two!', LONG_AGO_S + 1)
    clock.advance(999)
    expect(await cached.content('/a')).toBe('one')
    clock.advance(1)
    expect(await cached.content('/a')).toBe('two!')
  })

  test('that is asked for again and again is looked at while it is still answered from memory', async () => {
    using cached = new CachedSite()
    const { site, clock } = cached
    site.write('a', 'one')
    await cached.content('/a')
    site.write('a', 'two!', LONG_AGO_S + 1)
    clock.advance(500)
    expect(await cached.content('/a')).toBe('one')
    // That look is under way.
    await cached.look('/a')
    clock.advance(500)
    expect(cached.fresh('/a')?.choose(undefined).content?.toString()).toBe('two!')
  })

  test('that has not changed is not read again', async () => {
    using cached = new CachedSite()
    const { site, clock } = cached
    site.write('a.js', 'one')
    site.write('a.js.gz', 'g')
    const first = await cached.look('/a.js')
    clock.advance(1_000)
    expect(cached.fresh('/a.js')).toBeUndefined()
    expect((await cached.look('/a.js')) === first).toBe(true)
    expect(cached.fresh('/a.js') === first).toBe(true)
  })

  test.each([
    ['replaced by one of the same size and time', 'two'],
    ['removed', undefined],
    ['made a directory', undefined],
  ])('that was %s is seen to be', async (what, expected) => {
    using cached = new CachedSite()
    const { site, clock } = cached
    site.write('a', 'one')
    expect(await cached.content('/a')).toBe('one')
    if (what.startsWith('replaced')) {
      site.write('b', 'two')
      renameSync(site.join('b'), site.join('a'))
    } else {
      rmSync(site.join('a'))
      if (what.startsWith('made')) site.write('a/b', 'x')
    }
    clock.advance(1_000)
    expect(await cached.content('/a')).toBe(expected)
    expect(cached.cache.stats.files).toBe(expected === undefined ? 0 : 1)
  })

  test('that was changed a moment ago is read again: another change might have the same time', async () => {
    using cached = new CachedSite()
    const { site, clock } = cached
    cached.wallClockMs = Date.now()
    const nowS = Date.now() / 1_000
    site.write('a', 'one', nowS)
    expect(await cached.content('/a')).toBe('one')
    site.write('a', 'two', nowS)
    clock.advance(1_000)
    expect(await cached.content('/a')).toBe('two')
  })

  test('has the compressed copies that come, change and go', async () => {
    using cached = new CachedSite()
    const { site, clock } = cached
    const seen: (string | undefined)[] = []
    const look = async (): Promise<void> => {
      clock.advance(1_000)
      seen.push(await cached.content('/a.js', 'br'))
    }
    site.write('a.js', 'original')
    await look()
    site.write('a.js.br', 'copy')
    await look()
    // One that was not there is looked for every ten seconds.
    clock.advance(8_000)
    await look()
    site.write('a.js.br', 'better', LONG_AGO_S + 9)
    await look()
    // Now it is a copy of something else.
    site.write('a.js', 'modified', LONG_AGO_S + 20)
    await look()
    rmSync(site.join('a.js.br'))
    await look()
    expect(seen).toEqual(['original', 'original', 'copy', 'better', 'modified', 'modified'])
  })

  test('is looked for once, however many ask at the same time', async () => {
    using cached = new CachedSite()
    const { site, cache } = cached
    site.write('a', 'one')
    const place = { root: site.path, cacheControl: 'no-cache', added: [] }
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => cache.look('/a', place, '/a')))
    expect(others.every((other) => other === first)).toBe(true)
  })

  test('of more than 512 KiB is not held there', async () => {
    using cached = new CachedSite()
    cached.site.write('large', Buffer.alloc(524_289))
    cached.site.write('small', Buffer.alloc(524_288))
    expect(await cached.content('/large')).toBeUndefined()
    expect((await cached.content('/small'))?.length).toBe(524_288)
    expect(cached.cache.stats.bytes).toBeLessThan(524_288 + 10_000)
  })
})

test('memory stays within its bound, and holds what is asked for', async () => {
  using cached = new CachedSite(200_000)
  const { site, cache } = cached
  const names = Array.from({ length: 40 }, (_, i) => `/${i}`)
  for (const name of names) site.write(name.slice(1), Buffer.alloc(10_000, name))
  await cached.content('/0')
  for (const name of names) {
    await cached.content(name)
    expect(cached.fresh('/0')).toBeDefined()
    expect(cache.stats.bytes).toBeLessThanOrEqual(200_000)
  }
  expect(cache.stats.files).toBeGreaterThan(10)
  expect(names.filter((name) => cached.fresh(name) !== undefined).length).toBe(cache.stats.files)
})
