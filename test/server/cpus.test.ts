import { describe, expect, test } from 'vitest'
import { type AllowedCpus, allowedCpus } from '../../src/server/cpus.ts'

type Files = Readonly<Record<string, string>>

const allowed = (files: Files, machine = 8, parallelism = machine): AllowedCpus =>
  allowedCpus({ machine, parallelism, readText: (path) => files[path] })

describe('allowedCpus', () => {
  test('is the CPUs of the machine where there is no quota', () => {
    expect(allowed({})).toEqual({ count: 8, origin: 'CPUs of this machine' })
    expect(allowed({}, 1)).toEqual({ count: 1, origin: 'CPU of this machine' })
    const files = { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' }
    expect(allowed(files).count).toBe(8)
  })

  test('is what the affinity mask leaves', () => {
    expect(allowed({}, 8, 3)).toEqual({ count: 3, origin: 'CPUs left to this process' })
  })

  test('is cut by the quota of the own group, rounded up (cgroup v2)', () => {
    const files = { '/proc/self/cgroup': '0::/app\n', '/sys/fs/cgroup/app/cpu.max': '150000 100000\n' }
    expect(allowed(files)).toEqual({ count: 2, origin: "the cgroup's quota of 1.5 CPUs" })
  })

  test('is at least 1', () => {
    const files = { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '50000 100000\n' }
    expect(allowed(files)).toEqual({ count: 1, origin: "the cgroup's quota of 0.5 CPU" })
  })

  test('is cut by the smallest quota of all groups above', () => {
    const files = {
      '/proc/self/cgroup': '0::/a/b/c\n',
      '/sys/fs/cgroup/a/b/c/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/a/b/cpu.max': '400000 100000\n',
      '/sys/fs/cgroup/a/cpu.max': '300000 100000\n',
    }
    expect(allowed(files).count).toBe(3)
  })

  test('is not raised by a quota above the machine', () => {
    const files = { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '1600000 100000\n' }
    expect(allowed(files)).toEqual({ count: 8, origin: 'CPUs of this machine' })
  })

  test('reads the quota of cgroup v1, joined controllers and all', () => {
    const files = {
      '/proc/self/cgroup': '5:memory:/x\n4:cpu,cpuacct:/docker/abc\n0::/\n',
      '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us': '250000\n',
      '/sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_period_us': '100000\n',
    }
    expect(allowed(files)).toEqual({ count: 3, origin: "the cgroup's quota of 2.5 CPUs" })
  })

  test("reads the root where the group's path is the host's, as in a container of cgroup v1", () => {
    const files = {
      '/proc/self/cgroup': '4:cpu:/docker/abc\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '100000\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    }
    expect(allowed(files).count).toBe(1)
  })

  test('takes no notice of files that say nothing sensible', () => {
    const files = { '/proc/self/cgroup': 'nonsense\n0::/..\n', '/sys/fs/cgroup/cpu.max': '0 0\n' }
    expect(allowed(files).count).toBe(8)
  })

  test('finds at least one CPU on the machine that this test runs on', () => {
    expect(allowedCpus().count).toBeGreaterThanOrEqual(1)
  })
})
