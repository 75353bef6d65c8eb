// The sockets that all generations share: what each binds and what none needs any more.

import { type BindAddress, formatBindAddress } from '../../config/bind-address.ts'
import { type BoundSocket, adopt, bindAll } from './sockets.ts'
import type { SupervisedSettings } from './supervised-settings.ts'

type Addresses = Pick<SupervisedSettings, 'bind' | 'healthBind'>

export class SharedSockets {
  /** By the address that was asked for: port 0 goes on being the port that it was. */
  readonly #bound = new Map<string, BoundSocket>()
  #bind: readonly BindAddress[] = []
  /** In the place of --bind. */
  #adopted: readonly BoundSocket[] = []

  /** Where requests are taken. */
  get urls(): readonly string[] {
    return this.of({ bind: this.#bind, healthBind: [] }).sockets.map(({ url }) => url)
  }

  /** Of Unix sockets. */
  get files(): readonly string[] {
    return [...this.#bound.values()].flatMap(({ path }) => path ?? [])
  }

  /** Takes over sockets that somebody else has opened; with any, --bind does not count. Throws a GantryError for what is none. */
  adopt(descriptors: readonly number[]): void {
    this.#adopted = descriptors.map(adopt)
  }

  /** Binds what is not bound yet, and returns it. Rejects as `bindAll` does. */
  async bind({ bind, healthBind }: Addresses): Promise<readonly BoundSocket[]> {
    const added = await bindAll(
      this.#wanted(bind, healthBind).filter((address) => !this.#bound.has(formatBindAddress(address))),
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
    const sockets = this.#adopted.length > 0 ? this.#adopted : this.#chosen(bind)
    return { sockets, healthSockets: this.#chosen(healthBind) }
  }

  /** Closes what these settings do not name: from now on they count. */
  closeOthers({ bind, healthBind }: Addresses): void {
    this.#bind = bind
    const wanted = new Set(this.#wanted(bind, healthBind).map(formatBindAddress))
    for (const socket of this.#bound.values()) if (!wanted.has(socket.wanted)) this.closeOne(socket)
  }

  closeOne(socket: BoundSocket): void {
    this.#bound.delete(socket.wanted)
    socket.close()
  }

  /** Requests are taken no more; what is told of the server's health is told until `close`. */
  closeForRequests(): void {
    for (const socket of this.#chosen(this.#bind)) this.closeOne(socket)
    for (const socket of this.#adopted) socket.close()
    this.#adopted = []
  }

  close(): void {
    this.closeForRequests()
    for (const socket of this.#bound.values()) this.closeOne(socket)
  }

  #wanted(bind: readonly BindAddress[], healthBind: readonly BindAddress[]): readonly BindAddress[] {
    return this.#adopted.length > 0 ? healthBind : [...bind, ...healthBind]
  }

  #chosen(addresses: readonly BindAddress[]): readonly BoundSocket[] {
    return addresses
      .map((address) => this.#bound.get(formatBindAddress(address)))
      .filter((socket) => socket !== undefined)
  }
}
