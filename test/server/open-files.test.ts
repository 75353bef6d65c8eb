import { describe, expect, test } from 'vitest'
import { openFilesLimit } from '../../src/server/open-files.ts'
import { MAIN, startGantry } from '../harness/gantry-process.ts'

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max processes             96000                96000                processes
Max open files            1024                 524288               files
`

describe('the limit of open files', () => {
  test('is the one in force', () => {
    expect(openFilesLimit(LIMITS)).toBe(1024)
  })

  test.each(['', LIMITS.replace('1024 ', 'unlimited')])(
    'is not known where the system does not say a number',
    (text) => {
      expect(openFilesLimit(text)).toBeUndefined()
    },
  )

  test.skipIf(process.platform !== 'linux')(
    'that is too low for --max-connections is told at the start, with both numbers',
    async () => {
      const command = ['sh', '-c', 'ulimit -n 300 && exec "$0" "$@"', process.execPath, MAIN]
      const application = ['wsgiref.simple_server:demo_app', '--workers', '1']
      await using few = await startGantry([...application, '--max-connections', '100'], { command })
      expect(few.stderr).not.toContain('open files')
      await using many = await startGantry([...application, '--max-connections', '400'], { command })
      await many.logged(/ warning the system lets this process open 300 files, .*--max-connections is 400/)
    },
  )
})
