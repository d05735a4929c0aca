import type { XmlContent, XmlElements } from './xml.ts';

/** The name of a list's members, where the API reference of RDS shows another one than `member`. */
const MEMBER_NAMES: ReadonlyMap<string, string> = new Map([
  ['Certificates', 'Certificate'],
  ['DBClusterMembers', 'DBClusterMember'],
  ['DBClusters', 'DBCluster'],
  ['DBInstances', 'DBInstance'],
  ['DBParameterGroups', 'DBParameterGroup'],
  ['EventCategories', 'EventCategory'],
  ['Events', 'Event'],
  ['ReadReplicaDBInstanceIdentifiers', 'ReadReplicaDBInstanceIdentifier'],
  ['VpcSecurityGroups', 'VpcSecurityGroupMembership'],
]);

/**
 * The fields of an RDS object in the form that RDS sends.
 * @throws Error for a list whose members have no known name: the caller would read it as an empty one.
 */
export function rdsXml(fields: object): XmlElements {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, content(name, value)]));
}

function content(name: string, value: unknown): XmlContent | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) {
    const member = MEMBER_NAMES.get(name);
    if (!member) throw new Error(`How RDS writes the list ${name} is not known to the sandbox.`);
    return { [member]: value.map((one: unknown) => content(member, one) ?? '') };
  }
  if (value instanceof Date || typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'object' ? rdsXml(value) : String(value);
}
