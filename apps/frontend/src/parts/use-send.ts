import { useRef, useState } from "react";
import { type Faults, toFaults } from "../faults.js";

const noFaults: Faults<never> = { fields: {} };

/** Sends a form, once at a time, and keeps what was wrong with it. */
export function useSend<Field extends string>(fields: readonly Field[]) {
	const [isBusy, setBusy] = useState(false);
	const [faults, setFaults] = useState<Faults<Field>>(noFaults);
	const busy = useRef(false);

	async function send(action: () => Promise<unknown>): Promise<boolean> {
		if (busy.current) return false;
		busy.current = true;
		setBusy(true);
		setFaults(noFaults);
		try {
			await action();
			return true;
		} catch (error) {
			setFaults(toFaults(error, fields));
			return false;
		} finally {
			busy.current = false;
			setBusy(false);
		}
	}

	return { isBusy, faults, send, forget: () => setFaults(noFaults) };
}
