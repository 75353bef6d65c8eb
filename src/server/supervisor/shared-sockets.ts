// The sockets that all generations share: what each binds and what none needs any more.

import { type BindAddress, formatBindAddress } from '../../config/bind-address.ts'
import { type BoundSocket, bindAll } from './sockets.ts'
import type { SupervisedSettings } from './supervised-settings.ts'

type Addresses = Pick<SupervisedSettings, 'bind' | 'healthBind'>

export class SharedSockets {
  /** By the address that was asked for: port 0 goes on being the port that it was. */
  readonly #bound = new Map<string, BoundSocket>()
  #bind: readonly BindAddress[] = []

  /** Where requests are taken. */
  get urls(): readonly string[] {
    return this.#chosen(this.#bind).map(({ url }) => url)
  }

  /** Binds what is not bound yet, and returns it. Rejects as `bindAll` does. */
  async bind({ bind, healthBind }: Addresses): Promise<readonly BoundSocket[]> {
    const added = await bindAll(
      [...bind, ...healthBind].filter((address) => !this.#bound.has(formatBindAddress(address))),
    )
    for (const socket of added) this.#bound.set(socket.wanted, socket)
    if (this.#bind.length === 0) this.#bind = bind
    return added
  }

  /** What a generation listens on. */
  of({ bind, healthBind }: Addresses): {
    readonly sockets: readonly BoundSocket[]
    readonly healthSockets: readonly BoundSocket[]
  } {
    return { sockets: this.#chosen(bind), healthSockets: this.#chosen(healthBind) }
  }

  /** Closes what these settings do not name: from now on they count. */
  closeOthers({ bind, healthBind }: Addresses): void {
    this.#bind = bind
    const wanted = new Set([...bind, ...healthBind].map(formatBindAddress))
    for (const socket of this.#bound.values()) if (!wanted.has(socket.wanted)) this.closeOne(socket)
  }

  closeOne(socket: BoundSocket): void {
    this.#bound.delete(socket.wanted)
    socket.close()
  }

  close(): void {
    for (const socket of this.#bound.values()) this.closeOne(socket)
  }

  #chosen(addresses: readonly BindAddress[]): readonly BoundSocket[] {
    return addresses
      .map((address) => this.#bound.get(formatBindAddress(address)))
      .filter((socket) => socket !== undefined)
  }
}
