/** Sample people: obviously so, one for each role and tier, all with one password that the sign-in page shows. */
import { Rejection } from '../../engine/rejection.ts';
import type { Services } from '../services.ts';
import type { Group } from './group.ts';
import { hashPassword } from './password.ts';
import type { Role } from './permission.ts';
import { createHashedUser, hasNoUsers } from './user.ts';
import type { NewUser } from './user.ts';

/** The password of every sample account. */
export const samplePassword = 'lanework-sample';

const group = (id: string, tier: Group['tier'], name: string, nameZh: string): Group => ({ id, tier, name, nameZh });

/** The support groups that the shipped processes name. */
export const shippedGroups: readonly Group[] = [
  group('dispatchers', null, 'Dispatchers', '调度员'),
  group('service-desk', 'L1', 'Service desk', '服务台'),
  group('net-ops', 'L1', 'Network operations', '网络运维'),
  group('app-support', 'L1', 'Application support', '应用支持'),
  group('platform', 'L1', 'Platform', '平台运维'),
  group('iam-desk', 'L1', 'Accounts and access', '账号与权限'),
  group('customer-care', 'L1', 'Customer care', '客户服务'),
  group('dba', 'L2', 'Database experts', '数据库专家'),
  group('core-experts', 'L2', 'Core system experts', '核心系统专家'),
  group('net-experts', 'L2', 'Network experts', '网络专家'),
  group('rnd', 'L3', 'Research and development', '研发'),
  group('knowledge', null, 'Knowledge editors', '知识编辑'),
  group('duty-managers', null, 'Duty managers', '值班经理'),
];

const person = (login: string, name: string, roles: Role[], ...groups: string[]): NewUser => ({
  login,
  name,
  email: `${login}@example.com`,
  roles,
  groups,
});

/** The sample accounts. */
export const samplePeople: readonly NewUser[] = [
  person('rita', 'Rita (sample)', ['requester']),
  person('xiaomei', '小美（示例）', ['requester']),
  person('anna', 'Anna (sample)', ['agent'], 'dispatchers', 'service-desk', 'iam-desk', 'customer-care'),
  person('bo', '薄文（示例）', ['agent'], 'service-desk', 'app-support', 'platform'),
  person('nina', 'Nina (sample)', ['agent'], 'net-ops', 'platform'),
  person('chen', '陈工（示例）', ['agent'], 'dba', 'core-experts'),
  person('niko', 'Niko (sample)', ['agent'], 'net-experts', 'core-experts'),
  person('lin', '林研发（示例）', ['agent'], 'rnd'),
  person('kate', 'Kate (sample)', ['agent'], 'knowledge', 'customer-care'),
  person('dana', 'Dana (sample)', ['lead'], 'duty-managers', 'dispatchers', 'service-desk'),
  person('olga', 'Olga (sample)', ['process-owner']),
  person('audrey', 'Audrey (sample)', ['auditor']),
  person('admin', 'Administrator (sample)', ['administrator']),
];

/** Makes the sample accounts when there is no account yet; does nothing otherwise. Several processes may do it at once. */
export async function seedPeople(services: Services): Promise<void> {
  if (!(await hasNoUsers(services))) return;
  const hash = await hashPassword(samplePassword);
  for (const one of samplePeople) {
    try {
      await createHashedUser(services, one, hash);
    } catch (error) {
      if (!(error instanceof Rejection && error.code === 'conflict')) throw error;
    }
  }
}

/** What the sign-in page offers, null when the sample content is off. */
export function sampleSignIns(services: Pick<Services, 'config'>) {
  if (!services.config.sampleContent) return null;
  const tierOf = (groups: readonly string[] = []) =>
    shippedGroups.find((one) => one.tier !== null && groups.includes(one.id))?.tier ?? null;
  return {
    password: samplePassword,
    people: samplePeople.map(({ login, name, roles, groups }) => ({
      login,
      name,
      role: roles?.[0],
      tier: tierOf(groups),
    })),
  };
}
