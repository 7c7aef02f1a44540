// Who is signed in, what they may do.
import { createContext, useContext } from 'react';
import type { Session } from '../api/generated';

export type Permission = Session['permissions'][number];

export const SessionContext = createContext<Session | null>(null);

/** The session; only inside the signed-in part of the console. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside the signed-in part');
  return session;
}

export function useMay(): (permission: Permission | 'any') => boolean {
  const { permissions } = useSession();
  return (permission) => permission === 'any' || permissions.includes(permission);
}

/** Only a path of this console may follow the sign-in; anything else could lead away. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}
