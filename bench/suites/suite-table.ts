// Every suite, in the order in which they are measured and reported. A new suite is one entry here.
import type { BenchCase } from '../cases/bench-case.ts'
import { bootSuite } from './boot.ts'
import { echoSuite } from './echo.ts'
import { djangoSuite, flaskSuite, pyramidSuite } from './frameworks.ts'
import { gatewaysSuite } from './gateways.ts'
import { helloSuite } from './hello.ts'
import { idleSuite } from './idle.ts'
import { ioSuite } from './io.ts'
import { latencySuite } from './latency.ts'
import { scaleSuite } from './scale.ts'
import { staticSuite } from './static.ts'
import type { Suite } from './suite.ts'
import { tlsSuite } from './tls.ts'
import { typescriptSuite } from './typescript.ts'

export const SUITES: readonly Suite[] = [
  helloSuite,
  echoSuite,
  latencySuite,
  ioSuite,
  flaskSuite,
  djangoSuite,
  pyramidSuite,
  staticSuite,
  tlsSuite,
  gatewaysSuite,
  idleSuite,
  bootSuite,
  scaleSuite,
  typescriptSuite,
]

export function casesOf({ parts }: Suite): BenchCase[] {
  return parts.flatMap(({ cases }) => cases)
}
