IF litellm_schema IS DISTINCT FROM @schema@ THEN
  RETURN jsonb_build_object('madeFor', @schema@);
END IF;
