// The live channel /ws: one connection per subscriber component, re-opened with growing pauses.
import { useEffect, useRef, useState } from 'react';
import type { LiveCounters, LiveEvent } from './generated';

export type LiveMessage = LiveEvent | LiveCounters;
export type LiveState = 'connecting' | 'open' | 'closed';

const kPauseMsMax = 15_000;

/** Subscribes while mounted. Calls `receive` for each message; answers the state of the connection. */
export function useLive(topics: string, receive: (message: LiveMessage) => void, enabled = true): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const handler = useRef(receive);
  useEffect(() => {
    handler.current = receive;
  });
  useEffect(() => {
    if (!enabled) return undefined;
    let socket: WebSocket | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pause = 500;
    let ended = false;
    const open = () => {
      socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`);
      socket.onopen = () => {
        pause = 500;
        setState('open');
        socket?.send(JSON.stringify({ subscribe: topics.split(',') }));
      };
      socket.onmessage = (message: MessageEvent<string>) => {
        try {
          handler.current(JSON.parse(message.data) as LiveMessage);
        } catch {
          // A message of a newer server that this page cannot read is skipped; the next one may be readable.
        }
      };
      socket.onclose = () => {
        if (ended) return;
        setState('closed');
        timer = setTimeout(open, pause);
        pause = Math.min(pause * 2, kPauseMsMax);
      };
    };
    open();
    return () => {
      ended = true;
      clearTimeout(timer);
      if (socket?.readyState === WebSocket.CONNECTING) socket.onopen = () => socket?.close();
      else socket?.close();
    };
  }, [topics, enabled]);
  return state;
}
