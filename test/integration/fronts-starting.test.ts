// Fronts that are replaced, and starts that come to nothing.

import { rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { failToStart } from '../harness/failed-start.ts'
import { type GantryProcess, runGantry, startGantry } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { isGroupAlive } from '../harness/processes.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

/** Says which process answers; `imported` runs first. */
const answersItsPid = (imported: string): string => `
  import { connect } from 'node:net'
  import { existsSync } from 'node:fs'
  ${imported}
  export const application = (environ, startResponse) => {
    startResponse('200 OK', [])
    return [Buffer.from(String(process.pid))]
  }`

const pidOf = async (gantry: GantryProcess): Promise<number> =>
  Number(await (await fetch(gantry.url, { headers: { connection: 'close' } })).text())

describe('a front that is replaced', () => {
  test('and still boots when gantry is told to stop does not hold it up', async () => {
    using gate = await Gate.start()
    using directory = new TemporaryDirectory()
    const flag = directory.join('waits')
    const waits = `if (existsSync(${JSON.stringify(flag)}))
      await new Promise((resolve) => {
        const socket = connect(${gate.port}, '127.0.0.1')
        socket.write('booting')
        socket.resume().once('end', resolve)
      })`
    writeFileSync(directory.join('app.mjs'), answersItsPid(waits))
    await using gantry = await startGantry(['app.mjs', '--fronts', '2'], {
      cwd: directory.path,
      hasOwnGroup: true,
    })
    writeFileSync(flag, '')
    process.kill(await pidOf(gantry), 'SIGKILL')
    await gate.arrived(1)
    // It would wait for the shutdown timeout of 30 seconds, and longer.
    expect(await gantry.stop()).toEqual({ code: 0, signal: null })
    expect(isGroupAlive(gantry.pid)).toBe(false)
    expect(gantry.stderr).not.toContain('is ready again')
  })

  test('by one that cannot start is tried again, and the log says so', async () => {
    using directory = new TemporaryDirectory()
    const text = answersItsPid('')
    writeFileSync(directory.join('app.mjs'), text)
    await using gantry = await startGantry(['app.mjs', '--fronts', '2'], { cwd: directory.path })
    rmSync(directory.join('app.mjs'))
    process.kill(await pidOf(gantry), 'SIGKILL')
    await gantry.logged(/front \d could not start, the next try is in \d+ ms/)
    expect(await pidOf(gantry)).toBeGreaterThan(0)
    writeFileSync(directory.join('app.mjs'), text)
    await gantry.logged(/front \d is ready again/)
    expect(gantry.stderr.match(/died and is replaced/g)).toHaveLength(1)
  })
})

describe('a start that comes to nothing', () => {
  test('as an import never ends is told, with a status that is not 0', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('app.mjs'), 'await new Promise(() => {})')
    const { problems, exit } = await failToStart(['app.mjs', '--fronts', '1'], { cwd: directory.path })
    expect(problems).toEqual(['a module that was imported waits for something that never comes'])
    expect(exit).toEqual({ code: 1, signal: null })
  })

  test('as a front ends by itself has a status that is not 0', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('app.mjs'), 'process.exit(0)')
    await using gantry = await runGantry(['app.mjs', '--fronts', '2'], { cwd: directory.path })
    expect(gantry.exit).toEqual({ code: 1, signal: null })
  })
})
