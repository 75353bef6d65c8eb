import { describe, expect, test } from 'vitest'
import { OomKills } from '../../src/processes/oom-kills.ts'

const V2 = '/sys/fs/cgroup/shop/memory.events'
const V1 = '/sys/fs/cgroup/memory/shop/memory.oom_control'

interface Machine {
  readonly files: Record<string, string>
  nowMs: number
  readonly kills: OomKills
}

function machine(files: Record<string, string>): Machine {
  const made: Machine = {
    files,
    nowMs: 0,
    kills: new OomKills(
      (path) => files[path],
      () => made.nowMs,
    ),
  }
  return made
}

const events = (count: number): string =>
  `low 0\nhigh 0\nmax 17\noom 9\noom_kill ${count}\noom_group_kill 0\n`
const control = (count: number): string => `oom_kill_disable 0\nunder_oom 0\noom_kill ${count}\n`

describe('OomKills', () => {
  const machines = {
    'cgroup v2': () => ({ file: V2, text: events, group: '0::/shop\n' }),
    'cgroup v1': () => ({ file: V1, text: control, group: '4:memory:/shop\n0::/\n' }),
    'a container, where the path is that of the host': () => ({
      file: '/sys/fs/cgroup/memory.events',
      text: events,
      group: '0::/kubepods/pod1/abc\n',
    }),
    'no group that counts': () => ({ file: '/proc/vmstat', text: control, group: '0::/\n' }),
  }
  for (const [name, describeMachine] of Object.entries(machines)) {
    test(`sees that the count of kills has risen: ${name}`, () => {
      const { file, text, group } = describeMachine()
      const { files, kills } = machine({ '/proc/self/cgroup': group, [file]: text(3) })
      expect(kills.tookOne()).toBe(false)
      files[file] = text(4)
      expect(kills.tookOne()).toBe(true)
      expect(kills.tookOne()).toBe(false)
    })
  }

  test('tells each of several kills that are seen at once', () => {
    const { files, kills } = machine({ '/proc/self/cgroup': '0::/shop\n', [V2]: events(0) })
    files[V2] = events(2)
    expect([kills.tookOne(), kills.tookOne(), kills.tookOne()]).toEqual([true, true, false])
  })

  test('does not hold a kill of long ago, of somebody else in the group, against one who died today', () => {
    const group = machine({ '/proc/self/cgroup': '0::/shop\n', [V2]: events(0) })
    group.files[V2] = events(2)
    expect(group.kills.tookOne()).toBe(true)
    group.nowMs += 60_000
    expect(group.kills.tookOne()).toBe(false)
  })

  test('knows nothing where the system says nothing', () => {
    expect(machine({}).kills.tookOne()).toBe(false)
  })
})
