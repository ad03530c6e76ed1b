import type { Service, ServiceSpec } from '#api/core/v1/service/types.ts'
import { serviceStrategy } from '#api/core/v1/service/strategy.ts'
import type { IPAddress } from '#api/networking/v1/ip-address/types.ts'
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import type { WriteContext } from '#api/strategy.ts'
import { invalid } from '#apimachinery/status-error.ts'
import { assign, freeze, type StringMap } from '#apimachinery/object.ts'
import {
  validateObjectMetaCreate,
  validateObjectMetaUpdate,
} from '#apimachinery/validation/metadata.ts'
import { nameIsDnsLabel } from '#apimachinery/validation/names.ts'
import { Random } from '#environment.ts'
import type { IpFamily } from '#kube-apiserver/service/ip-allocator.ts'
import {
  ServiceAllocator,
  type ServiceReservation,
} from '#kube-apiserver/service/service-allocator.ts'

type LooseSpec = { readonly [K in keyof ServiceSpec]?: unknown }

/** Services with their allocation, prepared and validated as the API server does it, and nothing else. */
export class ServiceRegistry {
  readonly services = new Map<string, Service>()
  readonly addresses = new Map<string, IPAddress>()
  warnings: readonly string[] = []
  readonly #allocator: ServiceAllocator
  readonly #context: WriteContext

  constructor(families: readonly IpFamily[] = ['IPv4'], cidrs = ['10.96.0.0/12', 'fd00:10::/108']) {
    const random = new Random(7)
    this.#context = { now: 0, user: { username: 'tester', groups: [] }, dryRun: false, random }
    const cidr: ServiceCIDR = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'kubernetes' },
      spec: { cidrs: cidrs.slice(0, families.length) },
      status: {},
    }
    this.#allocator = new ServiceAllocator(
      {
        listServices: () => [...this.services.values()],
        listServiceCidrs: () => [cidr],
        hasIpAddress: (name) => this.addresses.has(name),
        createIpAddress: (address) => this.addresses.set(address.metadata.name!, address),
        deleteIpAddress: (name) => this.addresses.delete(name),
      },
      random,
      families,
    )
  }

  create(
    name: string,
    spec: LooseSpec,
    options: { dryRun?: boolean; annotations?: StringMap } = {},
  ): Service {
    const { dryRun = false, annotations } = options
    const metadata = {
      name,
      namespace: 'default',
      ...(annotations === undefined ? {} : { annotations }),
    }
    const given = freeze({
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec,
      status: { loadBalancer: {} },
    }) as Service
    const reservation = this.#allocator.onCreate(serviceStrategy.defaults!(given), { dryRun })
    const prepared = serviceStrategy.prepareForCreate!(reservation.object, this.#context)
    this.warnings = serviceStrategy.warningsOnCreate!(prepared, this.#context)
    return this.#store(reservation, prepared, dryRun, [
      ...validateObjectMetaCreate(prepared.metadata, {
        namespaced: true,
        validateName: nameIsDnsLabel,
      }),
      ...serviceStrategy.validate!(prepared, this.#context),
    ])
  }

  /** A merge of the top level of spec; undefined removes. */
  patch(name: string, changes: LooseSpec, { dryRun = false } = {}): Service {
    const old = this.services.get(name)!
    const spec = assign(old.spec, changes as ServiceSpec)
    const given = serviceStrategy.defaults!(freeze({ ...old, spec }))
    const reservation = this.#allocator.onUpdate(given, old, { dryRun })
    const prepared = serviceStrategy.prepareForUpdate!(reservation.object, old, this.#context)
    this.warnings = serviceStrategy.warningsOnUpdate!(prepared, old, this.#context)
    const meta = (service: Service) => ({ ...service.metadata, resourceVersion: '1' })
    return this.#store(reservation, prepared, dryRun, [
      ...validateObjectMetaUpdate(meta(prepared), meta(old)),
      ...serviceStrategy.validateUpdate!(prepared, old, this.#context),
    ])
  }

  delete(name: string): void {
    const service = this.services.get(name)!
    this.services.delete(name)
    this.#allocator.onDelete(service)
  }

  #store(
    reservation: ServiceReservation,
    prepared: Service,
    dryRun: boolean,
    errors: Parameters<typeof invalid>[2],
  ): Service {
    const name = prepared.metadata.name!
    if (errors.length > 0) {
      reservation.revert()
      throw invalid({ group: '', kind: 'Service' }, name, errors)
    }
    const stored = freeze(serviceStrategy.canonicalize!(prepared))
    if (dryRun) return stored
    this.services.set(name, stored)
    reservation.commit()
    return stored
  }
}

/** What the server says to a refused write. */
export const refusal = (write: () => unknown): string => {
  try {
    write()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('was not refused')
}
