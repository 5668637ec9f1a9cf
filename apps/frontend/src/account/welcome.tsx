import { type FormEvent, useState } from "react";
import { client } from "../client.js";
import { Alert } from "../parts/alert.js";
import { Brand } from "../parts/brand.js";
import { Field } from "../parts/field.js";
import { useSend } from "../parts/use-send.js";

const texts = {
	login: {
		title: "Sign in",
		lede: "Your tasks are where you left them.",
		button: "Sign in",
		question: "New here?",
		other: "Create an account",
	},
	signup: {
		title: "Create an account",
		lede: "A board of your own, in step on all of your devices.",
		button: "Create an account",
		question: "Been here before?",
		other: "Sign in",
	},
};

/** Signs in and up. */
export function Welcome() {
	const [way, setWay] = useState<"login" | "signup">("login");
	const { isBusy, faults, send, forget } = useSend(["email", "password"]);
	const { title, lede, button, question, other } = texts[way];

	function submit(event: FormEvent<HTMLFormElement>) {
		event.preventDefault();
		const entered = new FormData(event.currentTarget);
		void send(() => client[way](String(entered.get("email")), String(entered.get("password"))));
	}

	return (
		<main className="welcome">
			<Brand />
			<div className="card">
				<h1>{title}</h1>
				<p className="lede">{lede}</p>
				{/* What is wrong with it is the server's to say, in one place and one language. */}
				<form noValidate onSubmit={submit}>
					<Field
						label="Email"
						name="email"
						type="email"
						autoComplete="username"
						fault={faults.fields.email}
					/>
					<Field
						label="Password"
						name="password"
						type="password"
						autoComplete={way === "login" ? "current-password" : "new-password"}
						{...(way === "signup" && { hint: "At least 8 characters. A few words do well." })}
						fault={faults.fields.password}
					/>
					<Alert text={faults.text} />
					<button className="button primary" type="submit" aria-disabled={isBusy}>
						{button}
					</button>
				</form>
			</div>
			<p className="hint">
				{question}{" "}
				<button
					className="link"
					type="button"
					onClick={() => {
						forget();
						setWay(way === "login" ? "signup" : "login");
					}}
				>
					{other}
				</button>
			</p>
		</main>
	);
}
