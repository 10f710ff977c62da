"""./dev bench: what comd carries and what it costs, beside what the machine gives to a program that does less."""
