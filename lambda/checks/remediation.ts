import type { Advice } from '../core/finding.ts';
import { shellWord } from '../core/text.ts';
import type { Client } from '../model/clients.ts';

/** The step that closes all sessions of one client: its pod is known by its address alone. */
export function restartPod({ clientAddress }: Client): readonly Advice[] {
  if (clientAddress === null) {
    return [{ text: 'Restart the proxy on the database host: that closes all its sessions.' }];
  }
  return [
    {
      text: `Restart the pod at ${clientAddress}: that closes all its sessions. On Kubernetes this names it:`,
      command: `kubectl get pods --all-namespaces --field-selector ${shellWord(`status.podIP=${clientAddress}`)}`,
    },
  ];
}
