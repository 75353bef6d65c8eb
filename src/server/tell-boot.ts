// How far the workers of a front are with booting, told whenever that is something else.

import type { BootProgress } from '../workers/boot-progress.ts'

const LOOK_EVERY_MS = 100

/** Undefined until it starts workers. */
type Booting = { readonly boot: BootProgress | undefined }

/** Tells of all of them together. Returns what ends it. */
export function tellBoot(
  pythons: readonly Booting[],
  tell: (boot: BootProgress) => void = () => undefined,
): () => void {
  let told = ''
  const look = (): void => {
    const boot = sumOf(pythons.flatMap((each) => each.boot ?? []))
    const news = JSON.stringify([boot.ready, boot.wanted, boot.slowest?.pid])
    if (news === told) return
    told = news
    tell(boot)
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

/** Of several crews: the slowest is the slowest of all. */
export function sumOf(boots: readonly BootProgress[]): BootProgress {
  const [slowest] = boots.flatMap((each) => each.slowest ?? []).sort((one, other) => other.forMs - one.forMs)
  return {
    ready: boots.reduce((sum, { ready }) => sum + ready, 0),
    wanted: boots.reduce((sum, { wanted }) => sum + wanted, 0),
    slowest,
  }
}
