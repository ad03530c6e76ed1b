// The objects of a build in the order in which they came. kustomize: api/resmap/reswrangler.go
import { append } from '#apimachinery/append.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { idSyntax, idText, isSameId, type ResourceId } from '#kubectl/kustomize/gvk.ts'
import { mapNode, nodeAt, type Node } from '#kubectl/kustomize/node.ts'
import type { Resource } from '#kubectl/kustomize/resource.ts'

export class Resources {
  list: Resource[] = []

  append(resource: Resource): void {
    const id = resource.currentId
    if (this.byCurrentId(id).length > 0)
      throw new KustomizeError(`may not add resource with an already registered id: ${idText(id)}`)
    this.list.push(resource)
  }

  appendAll(resources: readonly Resource[]): void {
    for (const resource of resources) this.append(resource)
  }

  byCurrentId(id: ResourceId): readonly Resource[] {
    // the name tells most of them apart, and costs little
    return this.list.filter(
      (resource) => resource.name === id.name && isSameId(resource.currentId, id),
    )
  }

  byAnyId(id: ResourceId): readonly Resource[] {
    return this.list.filter(
      (resource) =>
        !resource.isEmpty &&
        resource.hasHadName(id.name) &&
        [...resource.previousIds, resource.currentId].some((one) => isSameId(one, id)),
    )
  }

  /** The one that has or had the id. */
  theOne(id: ResourceId): Resource {
    const found = this.byAnyId(id)
    const [only] = found
    if (only !== undefined && found.length === 1) return only
    const problem = found.length > 1 ? 'multiple' : 'no'
    throw new KustomizeError(
      `${problem} matches for Id ${idText(id)}; failed to find unique target for patch ${idText(id)}`,
    )
  }

  dropEmpty(): void {
    this.list = this.list.filter((resource) => !resource.isEmpty)
  }

  /** What a generator has made: a new one, or instead of or together with one that is there. */
  absorb(resource: Resource): void {
    const id = resource.currentId
    const found = this.byAnyId(id)
    const [old] = found
    const { behavior } = resource
    if (old === undefined) {
      if (behavior === 'merge' || behavior === 'replace')
        throw new KustomizeError(`id ${idSyntax(id)} does not exist; cannot merge or replace`)
      this.append(resource)
      return
    }
    if (found.length > 1)
      throw new KustomizeError(
        `found multiple objects ${found.map((one) => idText(one.currentId)).join(' ')} that could accept merge of ${idText(id)}`,
      )
    if (behavior !== 'merge' && behavior !== 'replace')
      throw new KustomizeError(
        `id ${idSyntax(id)} exists; can not use behavior: '${behavior}', behavior must be merge or replace`,
      )
    copyMergeMetadata(resource, old)
    resource.takeHistory(old)
    resource.needsHash &&= old.needsHash
    append(resource.transformations, old.transformations)
    if (behavior === 'merge') {
      mergeData(resource, old, 'data')
      mergeData(resource, old, 'binaryData')
      resource.origin = old.origin
    }
    this.list[this.list.indexOf(old)] = resource
  }
}

const merged = (under: ReadonlyMap<string, string>, over: ReadonlyMap<string, string>) =>
  new Map([...under, ...over])

const copyMergeMetadata = (resource: Resource, old: Resource): void => {
  const labels = merged(old.labels, resource.labels)
  if (labels.size > 0) resource.setTexts('labels', labels)
  const annotations = merged(old.annotations, resource.annotations)
  if (annotations.size > 0) resource.setTexts('annotations', annotations)
  resource.setName(old.name)
  resource.setNamespace(old.namespace)
}

const mergeData = (resource: Resource, old: Resource, field: string): void => {
  const under = nodeAt(old.node, field)
  const over = nodeAt(resource.node, field)
  const fields = new Map<string, Node>([
    ...(under?.kind === 'map' ? under.fields : []),
    ...(over?.kind === 'map' ? over.fields : []),
  ])
  if (fields.size > 0) resource.node.fields.set(field, mapNode(fields))
}
