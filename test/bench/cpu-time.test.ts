// CPU accounting: the sums over made-up process trees, and real processes that burn a known amount of CPU time.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from 'vitest'

import { parseCoreBusyTicks, parseCoreList } from '../../bench/processes/core-time.ts'
import { countEnded, readCpuTime, tickUs, totalUs } from '../../bench/processes/cpu-time.ts'
import { parseKilobytes } from '../../bench/processes/memory.ts'
import { parseProcessStat, type ProcessStat } from '../../bench/processes/process-stat.ts'
import { selectTree } from '../../bench/processes/process-tree.ts'

const STAT = '4242 (a (b) c) S 17 4242 99 0 -1 4194560 1 2 3 4 250 50 7 3 20 0 11 0 8675309 0 0'

const process42: ProcessStat = {
  pid: 42,
  isZombie: false,
  parent: 1,
  session: 42,
  ownTicks: 0,
  endedChildrenTicks: 0,
  startedAtTicks: 1,
}

describe('parseProcessStat', () => {
  test('reads past a name with spaces and parentheses (proc(5))', () => {
    expect(parseProcessStat(STAT)).toEqual({
      pid: 4242,
      isZombie: false,
      parent: 17,
      session: 99,
      ownTicks: 300,
      endedChildrenTicks: 10,
      startedAtTicks: 8675309,
    })
  })

  test('knows a zombie', () => {
    expect(parseProcessStat(STAT.replace(' S ', ' Z ')).isZombie).toBe(true)
  })
})

describe('selectTree', () => {
  test('takes descendants of every depth, in whatever order they are listed', () => {
    const child = { ...process42, pid: 50, parent: 42, session: 50 }
    const grandchild = { ...process42, pid: 43, parent: 50, session: 43 }
    expect(selectTree([grandchild, child, process42], [42]).map(({ pid }) => pid)).toEqual([43, 50, 42])
  })

  test('takes an orphan of the session, and its children', () => {
    const orphan = { ...process42, pid: 60, parent: 1, session: 42 }
    const child = { ...process42, pid: 61, parent: 60, session: 61 }
    expect(selectTree([orphan, child], [42]).map(({ pid }) => pid)).toEqual([60, 61])
  })

  test('leaves strangers alone, also one that has got the pid of a root', () => {
    expect(selectTree([{ ...process42, pid: 7, session: 7 }], [42])).toEqual([])
    expect(selectTree([{ ...process42, session: 7 }], [42])).toEqual([])
  })
})

describe('accounting', () => {
  test('a process that ends moves from its own time to its parent, and is not lost or counted twice', () => {
    const child = { ...process42, pid: 43, parent: 42, ownTicks: 30 }
    const own = (ticks: Record<number, number>): Map<number, number> =>
      new Map(Object.entries(ticks).map(([pid, count]) => [Number(pid), count * tickUs()]))
    const before = totalUs([process42, child], own({ 42: 5, 43: 30 }))
    const after = totalUs([{ ...process42, endedChildrenTicks: 40 }], own({ 42: 6 }))
    expect(after - before).toBe(11 * tickUs())
  })

  test('counts the processes that have ended, and not those that have come', () => {
    const before = { cpuUs: 0, frontUs: 0, alive: ['1@10', '2@11'] }
    expect(countEnded(before, { cpuUs: 0, frontUs: 0, alive: ['1@10', '2@99', '3@12'] })).toBe(1)
  })
})

describe.skipIf(process.platform !== 'linux')('a known load', () => {
  type Seen = { readonly seenUs: number; readonly seenFrontUs: number; readonly burntUs: number }

  const started: ChildProcess[] = []

  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL')
  })

  // Burns until the process itself has used that much, then says how much it was and stays.
  const BURN = `
    const burn = (us) => { const from = process.cpuUsage(); let used = 0
      while (used < us) { const { user, system } = process.cpuUsage(from); used = user + system } return used }`

  /** Starts a program that burns when it is told to, and returns what reading before and after sees of it. */
  async function measureBurner(program: string): Promise<Seen> {
    const child = spawn(process.execPath, ['-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    })
    started.push(child)
    await once(child, 'spawn')
    const lines = createInterface({ input: child.stdout })
    await once(lines, 'line')
    const roots = [child.pid ?? 0]
    const before = readCpuTime(roots)
    child.stdin.write('go\n')
    const [burntUs] = (await once(lines, 'line')) as [string]
    const after = readCpuTime(roots)
    return {
      seenUs: after.cpuUs - before.cpuUs,
      seenFrontUs: after.frontUs - before.frontUs,
      burntUs: Number(burntUs),
    }
  }

  test('is seen in a process that lives on', async () => {
    const { seenUs, seenFrontUs, burntUs } = await measureBurner(`${BURN}
      console.log('ready'); process.stdin.on('data', () => console.log(burn(400000)))`)
    expect(burntUs).toBeGreaterThanOrEqual(400_000)
    expect(seenUs).toBeGreaterThan(burntUs * 0.95)
    expect(seenUs).toBeLessThan(burntUs * 1.3 + 50_000)
    expect(seenFrontUs).toBe(seenUs)
  })

  test('is seen in a thread that has ended meanwhile', async () => {
    const { seenUs, burntUs } = await measureBurner(`
      const { Worker } = require('node:worker_threads')
      const thread = ${JSON.stringify(`${BURN}; require('node:worker_threads').parentPort.postMessage(burn(300000))`)}
      console.log('ready')
      process.stdin.on('data', () => {
        let burnt; const worker = new Worker(thread, { eval: true })
        worker.on('message', (us) => (burnt = us)).on('exit', () => console.log(burnt))
      })`)
    expect(burntUs).toBeGreaterThanOrEqual(300_000)
    expect(seenUs).toBeGreaterThan(burntUs * 0.85)
  })

  test('is seen in a child that has ended meanwhile', async () => {
    const { seenUs, burntUs } = await measureBurner(`
      const { spawnSync } = require('node:child_process')
      const child = ${JSON.stringify(`${BURN}; console.log(burn(300000))`)}
      console.log('ready')
      process.stdin.on('data', () => console.log(String(spawnSync(process.execPath, ['-e', child]).stdout).trim()))`)
    expect(burntUs).toBeGreaterThanOrEqual(300_000)
    expect(seenUs).toBeGreaterThan(burntUs * 0.9)
    // Starting a Node process costs CPU time too.
    expect(seenUs).toBeLessThan(burntUs * 1.3 + 400_000)
  })

  test('waiting costs nothing', async () => {
    const { seenUs } = await measureBurner(`
      console.log('ready'); process.stdin.on('data', () => setTimeout(() => console.log(0), 200))`)
    expect(seenUs).toBeLessThan(60_000)
  })
})

describe('other files of /proc', () => {
  test('a core is busy with everything but idling and waiting for disks', () => {
    const stat = 'cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\ncpu1 100 20 30 5000 600 7 8 9 0 0\n'
    expect(parseCoreBusyTicks(stat, 1)).toBe(174)
  })

  test('a list of cores holds single ones and ranges', () => {
    expect(parseCoreList('0-2,5,7-8')).toEqual([0, 1, 2, 5, 7, 8])
  })

  test('a field of kilobytes is found by its whole name', () => {
    expect(parseKilobytes('Pss_Dirty:  3 kB\nPss:      12 kB\n', 'Pss')).toBe(12 * 1024)
    expect(parseKilobytes('Rss:      12 kB\n', 'Pss')).toBe(0)
  })
})
