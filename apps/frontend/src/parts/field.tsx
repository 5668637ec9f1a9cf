import { type ComponentProps, useEffect, useId, useRef } from "react";

interface FieldProps extends ComponentProps<"input"> {
	label: string;
	/** Only read to who does not see the form. */
	isLabelHidden?: boolean;
	hint?: string;
	fault?: string | undefined;
}

/** An input with its label, and with what is wrong beside it. */
export function Field({ label, isLabelHidden, hint, fault, ...input }: FieldProps) {
	const id = useId();
	const element = useRef<HTMLInputElement>(null);
	useEffect(() => {
		if (!fault) return;
		// The first field at fault gets the focus.
		const first = element.current?.form?.querySelector("[aria-invalid=true]");
		if (first === element.current) element.current?.focus();
	}, [fault]);
	const note = fault ?? hint;
	return (
		<div className="field">
			<label htmlFor={id} className={isLabelHidden ? "visually-hidden" : undefined}>
				{label}
			</label>
			<input
				{...input}
				id={id}
				ref={element}
				aria-invalid={fault !== undefined}
				aria-describedby={note && `${id}-note`}
			/>
			{note && (
				<p id={`${id}-note`} className={fault ? "fault" : "hint"}>
					{note}
				</p>
			)}
		</div>
	);
}
