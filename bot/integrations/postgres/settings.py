"""The settings of the product's database."""

from pydantic import BaseModel, SecretStr

from bot.integrations.setting import setting


class PostgresSettings(BaseModel):
    """Where it is read."""

    neonpro_database_url: SecretStr | None = setting(
        "NEONPRO_DATABASE_URL", None, "Read-only DSN for SQL checks.", check="reading"
    )
