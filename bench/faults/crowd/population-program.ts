// A program: one population. The command "come" is answered when all are there (or as many as there will be), "tell" at once.
import { setPriority } from 'node:os'

import { readSettings, serveCommands } from '../clients/serve-commands.ts'
import { idleClients } from './idle-clients.ts'
import { type Behaviour, Population } from './population.ts'
import { slowHeads } from './slow-heads.ts'
import { slowUploads } from './slow-uploads.ts'

const HEAD_BYTE_EVERY_MS = 5_000
const COME_DEADLINE_MS = 20_000

const BEHAVIOURS = {
  'slow-heads': slowHeads(HEAD_BYTE_EVERY_MS),
  'slow-uploads': slowUploads(),
  'idle-clients': idleClients,
} as const satisfies Record<string, Behaviour>

export interface PopulationSettings {
  readonly port: number
  readonly count: number
  readonly behaviour: keyof typeof BEHAVIOURS
  readonly niceness: number
}

export type PopulationCommand = 'come' | 'tell'

const { port, count, behaviour, niceness } = readSettings() as PopulationSettings
setPriority(niceness)
const population = new Population(port, count, BEHAVIOURS[behaviour])
serveCommands(async (command) => {
  if ((command as PopulationCommand) === 'come') await population.come(COME_DEADLINE_MS)
  return population.figures
})
