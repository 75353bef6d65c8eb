// The sockets that all generations share: what each binds and what none needs any more.

import { type BindAddress, formatBindAddress } from '../../config/bind-address.ts'
import { type BoundSocket, adopt, bindAll } from './sockets.ts'
import type { SupervisedSettings } from './supervised-settings.ts'

type Addresses = Pick<SupervisedSettings, 'bind' | 'healthBind' | 'origins'>

export class SharedSockets {
  /** By the address that was asked for: port 0 goes on being the port that it was. */
  readonly #bound = new Map<string, BoundSocket>()
  /** That count now. */
  #addresses: Addresses | undefined
  #adopted: readonly BoundSocket[] = []

  /** Where requests are taken. */
  get urls(): readonly string[] {
    return this.#addresses === undefined ? [] : this.of(this.#addresses).sockets.map(({ url }) => url)
  }

  /** Of Unix sockets. */
  get files(): readonly string[] {
    return [...this.#bound.values()].flatMap(({ path }) => path ?? [])
  }

  /** Takes over sockets that somebody else has opened: they take the place of the default of --bind. Throws a GantryError for what is none. */
  adopt(descriptors: readonly number[]): void {
    this.#adopted = descriptors.map((descriptor) => adopt(descriptor, 'http'))
  }

  /** Binds what is not bound yet, or can be reached no more, and returns it. Rejects as `bindAll` does. */
  async bind(addresses: Addresses): Promise<readonly BoundSocket[]> {
    for (const socket of this.#bound.values()) if (!socket.isReachable) this.closeOne(socket)
    const wanted = [...this.#ownBind(addresses), ...addresses.healthBind]
    const added = await bindAll(wanted.filter((address) => !this.#bound.has(formatBindAddress(address))))
    for (const socket of added) this.#bound.set(socket.wanted, socket)
    this.#addresses ??= addresses
    return added
  }

  /** What a generation listens on. */
  of(addresses: Addresses): {
    readonly sockets: readonly BoundSocket[]
    readonly healthSockets: readonly BoundSocket[]
  } {
    const sockets = [...this.#adopted, ...this.#chosen(this.#ownBind(addresses))]
    return { sockets, healthSockets: this.#chosen(addresses.healthBind) }
  }

  /** Closes what these settings do not name: from now on they count. */
  closeOthers(addresses: Addresses): void {
    this.#addresses = addresses
    const wanted = new Set([...this.#ownBind(addresses), ...addresses.healthBind].map(formatBindAddress))
    for (const socket of this.#bound.values()) if (!wanted.has(socket.wanted)) this.closeOne(socket)
  }

  closeOne(socket: BoundSocket): void {
    this.#bound.delete(socket.wanted)
    socket.close()
  }

  /** Requests are taken no more; what is told of the server's health is told until `close`. */
  closeForRequests(): void {
    for (const socket of this.#chosen(this.#addresses?.bind ?? [])) this.closeOne(socket)
    for (const socket of this.#adopted) socket.close()
    this.#adopted = []
  }

  close(): void {
    this.closeForRequests()
    for (const socket of this.#bound.values()) this.closeOne(socket)
  }

  #ownBind({ bind, origins }: Addresses): readonly BindAddress[] {
    return this.#adopted.length > 0 && origins.bind === 'default' ? [] : bind
  }

  #chosen(addresses: readonly BindAddress[]): readonly BoundSocket[] {
    return addresses
      .map((address) => this.#bound.get(formatBindAddress(address)))
      .filter((socket) => socket !== undefined)
  }
}
